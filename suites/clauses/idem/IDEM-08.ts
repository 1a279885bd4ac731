import fc from 'fast-check';
import {
  toMicros,
  type IdempotencyRecord,
  type NewIdempotencyRecord,
} from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Actor, Step } from '../../../scenarios/host/language/program.ts';
import { direct, enter, hold, leave, moveClock, view } from '../../harness/cases/generate.ts';
import { calls, codeOf, valueOf, whoOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { firstDifference } from '../../harness/judging/same.ts';
import { FUTURE, LONG_LEASE_MS, PAST, replayOf } from '../../harness/cases/records.ts';
import { LATER_MS, LONG_TIMES } from '../../harness/vocabulary/limits.ts';
import { entriesFor } from '../../harness/vocabulary/vocabulary.ts';
import { begin, CLAIM } from './executions.ts';

type Expiry = Pick<NewIdempotencyRecord, 'ttlMs' | 'expiresAt' | 'createdAt'>;

interface Case {
  /** A lifetime in milliseconds that ends during the trial, a time in the past or the future, or none. */
  readonly expiry: Expiry;
  readonly through: 'insert' | 'putIfAbsent' | 'finish';
  /** Whether the reads are in one section that began before the record expires. */
  readonly inSection: boolean;
  /** How far the clock of the other reader's instance is behind, in milliseconds. Undefined: no other reader. */
  readonly lagMs: number | undefined;
}

/** How much longer than the lifetime the trial waits, in milliseconds, because stamps may be cut to milliseconds. */
const MARGIN_MS = 5;
/** The largest allowed error of a lifetime, in milliseconds, because times may be cut to milliseconds. */
const CUT_MS = 1;
const SHORT_MS = { min: 10, max: 20 };

/** Times in the past and the future, none, and a lifetime that ends long after the trial. */
const EXPIRIES: Readonly<Record<string, Expiry>> = {
  'that is over': { createdAt: PAST, expiresAt: PAST },
  'that is to come': { createdAt: PAST, expiresAt: FUTURE },
  'in an hour': { ttlMs: 3_600_000 },
  'of none': {},
  'of none, stored long ago': { createdAt: PAST },
};

/** These, and lifetimes that exceed the limits of timers and columns. */
function lastingOf(subject: Subject): Expiry[] {
  const long = entriesFor(LONG_TIMES, subject).map(([, ttlMs]): Expiry => ({ ttlMs }));
  return [...Object.values(EXPIRIES), ...long];
}

/** Lifetimes that end during the trial, with every way to read. */
function endings({ surfaces, capabilities }: Subject): Case[] {
  const plain: Case = {
    expiry: { ttlMs: SHORT_MS.min },
    through: 'insert',
    inSection: false,
    lagMs: undefined,
  };
  return [
    plain,
    { ...plain, through: 'putIfAbsent' },
    ...(capabilities.idempotencyClaims ? [{ ...plain, through: 'finish' as const }] : []),
    ...(surfaces.includes('locks') ? [{ ...plain, inSection: true }] : []),
    ...(capabilities.crossInstance ? [{ ...plain, lagMs: 3_600_000 }] : []),
  ];
}

function waysOf({ capabilities }: Subject): Case['through'][] {
  return capabilities.idempotencyClaims ? ['insert', 'finish', 'putIfAbsent'] : ['insert', 'putIfAbsent'];
}

/**
 * Reads a record at once and after its lifetime: outside sections, in a section that began before its end, and
 * through an instance whose own clock is behind. Everybody must see the record until it expires, and nobody
 * afterwards.
 */
export const IDEM_08: AnyProperty = property<Case>({
  clause: 'IDEM-08',
  schedules: 'free',
  topologies: ['shared', 'processes'],
  arbitrary: (subject) =>
    fc.record({
      expiry: fc.oneof(
        fc.integer(SHORT_MS).map((ttlMs): Expiry => ({ ttlMs })),
        fc.constantFrom(...lastingOf(subject)),
      ),
      through: fc.constantFrom(...waysOf(subject)),
      inSection: subject.surfaces.includes('locks') ? fc.boolean() : fc.constant(false),
      lagMs: subject.capabilities.crossInstance
        ? fc.constantFrom(undefined, 0, 60_000, 3_600_000)
        : fc.constant(undefined),
    }),
  examples: (subject) => {
    const ways = waysOf(subject);
    return [
      ...lastingOf(subject).map((one, index): Case => ({
        expiry: one,
        through: ways[index % ways.length] ?? 'insert',
        inSection: false,
        lagMs: undefined,
      })),
      ...endings(subject),
    ];
  },
  situations: (subject) => [
    ...Object.entries(LONG_TIMES.entries).map(([name, ttlMs]) => ({
      name: `a lifetime of ${name}, and a later look`,
      occurred: ({ input, main }: TrialRun<Case>) => input.expiry.ttlMs === ttlMs && main.records.length > 2,
    })),
    ...Object.entries(EXPIRIES).map(([name, one]) => ({
      name: `an expiry ${name}, and a later look`,
      occurred: ({ input, main }: TrialRun<Case>) =>
        firstDifference(one, input.expiry) === undefined && main.records.length > 2,
    })),
    ...endings(subject).map(({ through, inSection, lagMs }) => ({
      name: `a lifetime that ended (${through}${inSection ? ', read in a section' : ''}${lagMs === undefined ? '' : ', read by a clock that lags'})`,
      occurred: ({ input, main }: TrialRun<Case>) =>
        input.expiry.ttlMs !== undefined &&
        input.expiry.ttlMs <= SHORT_MS.max &&
        input.through === through &&
        input.inSection === inSection &&
        (input.lagMs ?? 0) >= (lagMs ?? 0) &&
        main.records.length > 2,
    })),
  ],
  trial: ({ expiry, through, inSection, lagMs }, scope) => {
    const token = `settle:${scope.asIs('k1')}`;
    const waits = waitOf(expiry) === 0 ? [] : [hold(waitOf(expiry))];
    const read = inSection ? view('idempotency.get', token) : direct('idempotency.get', token);
    const reads: Step[] = [read, ...waits, read];
    const steps = [
      ...(through === 'finish'
        ? [begin(token, LONG_LEASE_MS), direct('idempotency.finish', CLAIM, replayOf(token, expiry))]
        : [direct(`idempotency.${through}`, replayOf(token, expiry))]),
      ...(inSection ? [enter(scope.id('s1')), ...reads, leave] : reads),
    ];
    const actors: Actor[] = [{ instance: 0, steps }];
    if (lagMs !== undefined) {
      const late = [...waits, direct('idempotency.get', token), ...waits, direct('idempotency.get', token)];
      actors.push({ instance: 1, steps: [...moveClock(-lagMs), ...late, ...moveClock(lagMs)] });
    }
    return { actors };
  },
  judge: (run) => {
    const inserted = calls(run, `idempotency.${run.input.through}`)[0]?.record;
    if (inserted === undefined) return undefined;
    if (inserted.outcome.status === 'error')
      return failure('could not be stored', 'a stored record', codeOf(inserted) ?? 'an error', inserted);
    return wrongExpiry(run, inserted) ?? wrongRead(run, inserted);
  },
});

function waitOf({ ttlMs }: Expiry): number {
  if (ttlMs === undefined) return 0;
  return ttlMs > SHORT_MS.max ? LATER_MS : ttlMs + MARGIN_MS;
}

/** An expiry or a time of creation that the caller did not ask for. */
function wrongExpiry({ input }: TrialRun<Case>, inserted: StepRecord): Failure | undefined {
  const answer = valueOf(inserted) as IdempotencyRecord & { readonly record?: IdempotencyRecord };
  const { createdAt, expiresAt } = answer.record ?? answer;
  const { ttlMs, createdAt: given = createdAt } = input.expiry;
  if (toMicros(createdAt) !== toMicros(given))
    return failure('was stored with another time of creation', given, createdAt, inserted);
  if (ttlMs === undefined) {
    if (expiresAt === input.expiry.expiresAt) return undefined;
    const expected = input.expiry.expiresAt ?? 'no expiresAt: it never expires';
    return failure('was stored with another expiry', expected, expiresAt ?? 'none', inserted);
  }
  const lifetimeMs =
    expiresAt === undefined ? undefined : Number(toMicros(expiresAt) - toMicros(createdAt)) / 1000;
  if (lifetimeMs !== undefined && Math.abs(lifetimeMs - ttlMs) <= CUT_MS) return undefined;
  const actual = lifetimeMs === undefined ? 'no expiresAt' : `expiresAt ${lifetimeMs} ms after createdAt`;
  return failure(
    'was stored with another lifetime',
    `expiresAt ${ttlMs} ms after createdAt`,
    actual,
    inserted,
  );
}

function wrongRead(run: TrialRun<Case>, inserted: StepRecord): Failure | undefined {
  const { ttlMs, expiresAt } = run.input.expiry;
  for (const { record } of calls(run, 'idempotency.get')) {
    const lags = record.actor > 0 && (run.input.lagMs ?? 0) > 0;
    const who = `${whoOf(record)}${lags ? ', whose own clock lags' : ''}`;
    if (codeOf(record) !== undefined)
      return failure(`could not be read (${who})`, 'an answer', codeOf(record) ?? '', record);
    const there = valueOf(record) !== undefined;
    // The storage takes the stamp, on its own clock, between call and return of the insert.
    const ended =
      ttlMs === undefined ? expiresAt === PAST : record.call > inserted.return + (ttlMs + CUT_MS) * 1e6;
    const lives =
      record.call >= inserted.return &&
      (ttlMs === undefined ? expiresAt !== PAST : record.return < inserted.call + (ttlMs - CUT_MS) * 1e6);
    if (there && ended)
      return failure(`was served after its expiry (${who})`, 'absent', 'present', inserted, record);
    if (!there && lives)
      return failure(`vanished before its time (${who})`, 'present', 'absent', inserted, record);
  }
  return undefined;
}

function failure(what: string, expected: string, actual: string, ...marked: StepRecord[]): Failure {
  return { summary: `A replay record ${what}.`, expected, actual, marked };
}
