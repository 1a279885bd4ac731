import fc from 'fast-check';
import {
  compareTimestamps,
  type IdempotencyRecord,
  type NewIdempotencyRecord,
  type PutIfAbsentResult,
} from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Actor, Step } from '../../../scenarios/host/language/program.ts';
import { direct, inView } from '../../harness/cases/generate.ts';
import { calls, finaleValue, observed, valueOf, whoOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { hasMet } from '../../harness/judging/races.ts';
import { FINGERPRINT, FUTURE, LONG_LEASE_MS, PAST, replayOf } from '../../harness/cases/records.ts';
import { firstDifference, literal } from '../../harness/judging/same.ts';
import { sectionsOf } from '../../harness/judging/sections.ts';
import { begin, CLAIM } from './executions.ts';

/**
 * Ways to take a token over, with a description of each: by a call, by an insert through a view, or by begin and
 * finish.
 */
const WAYS = {
  putIfAbsent: 'putIfAbsent',
  insert: 'insert',
  view: 'an insert through a view',
  begin: 'begin and finish',
} as const;
type Way = keyof typeof WAYS;

/** How each actor takes the token over. */
type Case = readonly Way[];

/** Several actors find one expired token at once. Exactly one may take it over, and its record must stay. */
export const IDEM_04: AnyProperty = property<Case>({
  clause: 'IDEM-04',
  arbitrary: (subject) => {
    const by = (...ways: Case) => fc.array(fc.constantFrom(...ways), { minLength: 3, maxLength: 5 });
    const others = waysOf(subject).filter((way) => way === 'view' || way === 'begin');
    return fc.oneof(
      { weight: 3, arbitrary: by('putIfAbsent', 'insert') },
      ...others.map((way) => ({ weight: 1, arbitrary: by(way) })),
    );
  },
  racing: true,
  // Each way is an example with several actors, because the winner of a race, and so its way, is left to chance.
  examples: (subject) => waysOf(subject).map((way) => Array.from({ length: 5 }, () => way)),
  situations: (subject) => [
    ...waysOf(subject).map((way) => ({
      name: `an expired token that was taken over by ${WAYS[way]}`,
      occurred: (run: TrialRun<Case>) => winnersOf(run).some(({ actor }) => run.input[actor] === way),
    })),
    { name: 'an expired token that several tried to take over at once, one of whom did', occurred: raced },
  ],
  trial: (actors, scope) => {
    const token = `settle:${scope.asIs('k1')}`;
    return {
      setup: [
        direct(
          'idempotency.insert',
          replayOf(token, { body: '"expired"', createdAt: PAST, expiresAt: PAST }),
        ),
      ],
      actors: actors.map((way, index): Actor => ({
        instance: index,
        steps: [...looksOf(index, token), ...takeover(way, replayOf(token, recordOf(index)), scope)],
      })),
      finale: [direct('idempotency.get', token)],
    };
  },
  judge: (run) => {
    const winners = winnersOf(run);
    const stored = finaleValue(run, 0) as IdempotencyRecord | undefined;
    const [winner] = winners;
    if (winners.length === 1 && winner !== undefined && stored?.body === recordOf(winner.actor).body)
      return leftover(run, winner, stored);
    return {
      summary: `An expired token was taken over by ${winners.length} callers (${winners.map(whoOf).join('; ')}); ${stored?.body ?? 'nothing'} is stored.`,
      expected: 'exactly one caller takes it over, and its record is the one stored',
      actual: `${winners.length} callers, stored: ${stored?.body ?? 'nothing'}`,
      marked: winners,
    };
  },
});

function waysOf({ surfaces, capabilities }: Subject): Way[] {
  return [
    'putIfAbsent',
    'insert',
    ...(surfaces.includes('locks') ? (['view'] as const) : []),
    ...(capabilities.idempotencyClaims ? (['begin'] as const) : []),
  ];
}

/** The calls by which actors took the token over. */
function winnersOf(run: TrialRun<Case>): StepRecord[] {
  return [
    ...calls(run, 'idempotency.insert').filter(({ record }) => isCommitted(record, run)),
    ...calls(run, 'idempotency.finish').filter(({ record }) => record.outcome.status === 'ok'),
    ...calls(run, 'idempotency.putIfAbsent').filter(
      ({ record }) => (valueOf(record) as PutIfAbsentResult | undefined)?.stored === true,
    ),
  ].map(({ record }) => record);
}

/** Whether another actor was taking the token over at the same time as the winner, after both had read it. */
function raced(run: TrialRun<Case>): boolean {
  const tries = observed(run).flatMap(({ record }) =>
    record.step < looksOf(record.actor, '').length ? [] : [record],
  );
  return winnersOf(run).some(({ actor }) =>
    tries.some((own) => own.actor === actor && tries.some((other) => hasMet(own, other))),
  );
}

/** Some actors read more often, so that one takes the token over while another is some statements behind. */
function looksOf(actor: number, token: string): Step[] {
  return Array.from({ length: 1 + (actor % 3) }, () => direct('idempotency.get', token));
}

function takeover(way: Way, record: NewIdempotencyRecord, scope: Scope): Step[] {
  switch (way) {
    case 'putIfAbsent':
    case 'insert':
      return [direct(`idempotency.${way}`, record)];
    case 'view':
      return inView(scope.id(`lock-of-${record.fingerprint.slice(0, 1)}`), [
        direct('idempotency.insert', record),
      ]);
    case 'begin':
      // With the fingerprint of the expired record: the same request is repeated.
      return [
        begin(record.token, LONG_LEASE_MS),
        direct('idempotency.finish', CLAIM, { ...record, fingerprint: FINGERPRINT }),
      ];
    default:
      return way satisfies never;
  }
}

/** Whether the insert succeeded and, if it was in a section, the section committed. */
function isCommitted(record: StepRecord, { main, trial }: TrialRun<Case>): boolean {
  if (record.outcome.status !== 'ok' || record.section === undefined) return record.outcome.status === 'ok';
  return sectionsOf(main, trial).some(
    ({ number, attempt, committed }) => number === record.section && attempt === record.attempt && committed,
  );
}

/**
 * The record that the actor stores. It differs in every field from the expired record and from those of other actors.
 */
function recordOf(
  actor: number,
): Required<Pick<NewIdempotencyRecord, 'body' | 'fingerprint' | 'status' | 'expiresAt'>> {
  return {
    body: `"by actor ${actor + 1}"`,
    fingerprint: `${actor}`.repeat(64),
    status: 201 + actor,
    expiresAt: FUTURE,
  };
}

/** Fields of the expired record that are left in the record that replaced it. */
function leftover(run: TrialRun<Case>, winner: StepRecord, stored: IdempotencyRecord): Failure | undefined {
  const { createdAt, token: _token, ...rest } = stored;
  const given = recordOf(winner.actor);
  const begun = run.input[winner.actor] === 'begin';
  const difference = firstDifference(begun ? { ...given, fingerprint: FINGERPRINT } : given, rest);
  if (difference === undefined && compareTimestamps(createdAt, PAST) > 0) return undefined;
  const { path, expected, actual } = difference ?? {
    path: 'createdAt',
    expected: 'the time of the takeover',
    actual: createdAt,
  };
  return {
    summary: `${whoOf(winner)} took an expired token over, and its record is stored with another ${path}.`,
    expected: literal(expected),
    actual: literal(actual),
    marked: [winner, ...run.finale],
  };
}
