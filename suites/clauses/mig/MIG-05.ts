import fc from 'fast-check';
import type { Comparison, MovedKind, SideDifference } from '../../../adapters/contract/index.ts';
import type { CallStep, StepRecord } from '../../../scenarios/host/program.ts';
import { direct, streamOf } from '../../harness/generate.ts';
import { calls, codeOf, show, valueOf } from '../../harness/observe.ts';
import { pageIn } from '../../harness/pages.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
  type TrialRun,
} from '../../harness/property.ts';
import { eventOf, FUTURE, jobOf, replayOf } from '../../harness/records.ts';
import { compare, moveTo, onBoth, onSide, repair, sidesIn } from './moving.ts';

/** What is wrong with one record of the new side. */
const FAULTS = [
  'lost stream',
  'extra stream',
  'cut time',
  'changed amount',
  'changed user',
  'extra event',
  'reordered body',
  'lost answer',
  'lost job',
  'other status',
] as const;
type Fault = (typeof FAULTS)[number];

interface Case {
  readonly faults: readonly Fault[];
  /** Records of each kind beside those. */
  readonly others: number;
  /** How often somebody writes to a stream beside the first comparison. */
  readonly writes: number;
}

const EXACT = '2030-01-01T00:00:00.123456Z';
const CUT = '2030-01-01T00:00:00.123Z';
const BODY = '{"b":1,"a":2}';
const REORDERED = '{"a":2,"b":1}';
const MAX_OTHERS = 4;

/** A record on both sides, and how its copy is spoilt. */
interface Spoilt {
  readonly kind: MovedKind;
  readonly id: string;
  readonly what: SideDifference['what'];
  readonly stored: readonly CallStep[];
  readonly spoil: readonly CallStep[];
}

/**
 * Records are stored on both sides, and some of the new side are then changed behind the migration's back. Comparison
 * names each of them and no other; as long as there is one, reads do not move.
 */
export const MIG_05: AnyProperty = property<Case>({
  clause: 'MIG-05',
  topologies: ['one'],
  schedules: 'free',
  ownNamespace: true,
  arbitrary: (subject) =>
    fc.record({
      faults: fc.uniqueArray(fc.constantFrom(...faultsOf(subject)), { maxLength: 3 }),
      others: fc.integer({ min: 1, max: MAX_OTHERS }),
      writes: fc.nat({ max: 3 }),
    }),
  trial: (input, scope, subject) => ({
    setup: [
      moveTo('dual'),
      direct('streams.create', streamOf(scope.id('busy'))),
      ...othersOf(input, scope, subject),
      ...input.faults.flatMap((fault) => spoiltBy(fault, scope).stored),
      repair,
    ],
    actors: [
      {
        instance: 0,
        steps: [
          compare,
          ...input.faults.flatMap((fault) => spoiltBy(fault, scope).spoil.map((step) => onSide('new', step))),
          compare,
          moveTo('cut-over'),
        ],
      },
      { instance: 0, steps: Array.from({ length: input.writes }, (_, index) => busyWrite(index + 1, scope)) },
    ],
    finale: [moveTo('dual'), ...listsOf(subject).flatMap(onBoth)],
  }),
  judge: (run) => {
    const [before, after] = calls(run, 'migration.compare').map(({ record }) => record);
    if (before === undefined || after === undefined) return undefined;
    return (
      invented(run, before) ??
      missed(run, after) ??
      invented(run, after) ??
      unordered(run, after) ??
      moved(run)
    );
  },
});

function busyWrite(revision: number, scope: Scope): CallStep {
  return direct('streams.put', streamOf(scope.id('busy'), { revision }));
}

function faultsOf({ surfaces }: Subject): Fault[] {
  const needs: Partial<Record<Fault, Subject['surfaces'][number]>> = {
    'changed user': 'users',
    'extra event': 'activity',
    'reordered body': 'idempotency',
    'lost answer': 'idempotency',
    'lost job': 'exports',
    'other status': 'exports',
  };
  return FAULTS.filter((fault) => surfaces.includes(needs[fault] ?? 'streams'));
}

function spoiltBy(fault: Fault, scope: Scope): Spoilt {
  const id = scope.id(fault.replaceAll(' ', '-'));
  const token = `compared:${id}`;
  const stream = streamOf(id, { createdAt: EXACT, updatedAt: EXACT });
  const answer = replayOf(token, { body: BODY, createdAt: EXACT, expiresAt: FUTURE });
  switch (fault) {
    case 'lost stream':
      return {
        kind: 'streams',
        id,
        what: 'missing',
        stored: [direct('streams.create', stream)],
        spoil: [direct('streams.delete', id)],
      };
    case 'extra stream':
      return { kind: 'streams', id, what: 'extra', stored: [], spoil: [direct('streams.create', stream)] };
    case 'cut time':
      return {
        kind: 'streams',
        id,
        what: 'differs',
        stored: [direct('streams.create', stream)],
        spoil: [direct('streams.put', { ...stream, createdAt: CUT })],
      };
    case 'changed amount':
      return {
        kind: 'streams',
        id,
        what: 'differs',
        stored: [direct('streams.create', stream)],
        spoil: [direct('streams.put', { ...stream, releasedAmount: '1' })],
      };
    case 'changed user':
      return {
        kind: 'users',
        id,
        what: 'differs',
        stored: [direct('users.put', { walletAddress: id })],
        spoil: [direct('users.put', { walletAddress: id, displayName: 'changed' })],
      };
    case 'extra event':
      return {
        kind: 'activity',
        id,
        what: 'extra',
        stored: [],
        spoil: [direct('activity.append', eventOf(id, { timestamp: EXACT }))],
      };
    case 'reordered body':
      return {
        kind: 'idempotency',
        id: token,
        what: 'differs',
        stored: [direct('idempotency.insert', answer)],
        spoil: [
          direct('idempotency.delete', token),
          direct('idempotency.insert', { ...answer, body: REORDERED }),
        ],
      };
    case 'lost answer':
      return {
        kind: 'idempotency',
        id: token,
        what: 'missing',
        stored: [direct('idempotency.insert', answer)],
        spoil: [direct('idempotency.delete', token)],
      };
    case 'lost job':
      return {
        kind: 'jobs',
        id,
        what: 'missing',
        stored: [direct('jobs.create', jobOf(id, id))],
        spoil: [direct('jobs.delete', id)],
      };
    case 'other status':
      return {
        kind: 'jobs',
        id,
        what: 'differs',
        stored: [direct('jobs.create', jobOf(id, id))],
        spoil: [direct('jobs.transition', id, ['pending'], 'processing', {})],
      };
    default:
      return fault satisfies never;
  }
}

/** Records that nobody spoils, with one time, so that only their ids order them. */
function othersOf({ others }: Case, scope: Scope, { surfaces }: Subject): CallStep[] {
  return Array.from({ length: others }, (_, index) => {
    const id = scope.id(`tied-${index + 1}`);
    return [
      direct('streams.create', streamOf(id, { createdAt: EXACT })),
      ...(surfaces.includes('activity')
        ? [direct('activity.append', eventOf(id, { streamId: id, timestamp: EXACT }))]
        : []),
    ];
  }).flat();
}

function listsOf({ surfaces }: Subject): CallStep[] {
  return [
    direct('streams.list', { limit: 100 }),
    ...(surfaces.includes('activity') ? [direct('activity.list', { limit: 100 })] : []),
  ];
}

function differencesIn(record: StepRecord): readonly SideDifference[] {
  return (valueOf(record) as Comparison | undefined)?.differences ?? [];
}

/** A difference that nobody has made. Where a record differs, the lists that it is in may differ too. */
function invented(run: TrialRun<Case>, by: StepRecord): Failure | undefined {
  const isBefore = by.step === 0;
  const spoilt = isBefore ? [] : run.input.faults.map((fault) => spoiltBy(fault, run.scope));
  const mayDiffer = (kind: MovedKind): boolean =>
    spoilt.some((one) => one.kind === kind) || ordersDiffer(run, kind);
  const wrong = differencesIn(by).find(({ kind, id, what }) =>
    what === 'order' ? !mayDiffer(kind) : !spoilt.some((one) => one.kind === kind && one.id === id),
  );
  if (wrong === undefined) return undefined;
  return {
    summary: `Comparison says that ${wrong.kind} "${run.scope.name(wrong.id)}" of the new side is ${wrong.what}, and it is not.`,
    expected: 'no difference is named that is none',
    actual: show(wrong, run.scope),
    marked: [by],
  };
}

function missed(run: TrialRun<Case>, by: StepRecord): Failure | undefined {
  const named = differencesIn(by);
  for (const fault of run.input.faults) {
    const { kind, id, what } = spoiltBy(fault, run.scope);
    if (named.some((one) => one.kind === kind && one.id === id && one.what === what)) continue;
    return {
      summary: `Comparison does not say that ${kind} "${run.scope.name(id)}" of the new side is ${what} (${fault}).`,
      expected: `the difference, as ${what}`,
      actual: named.length === 0 ? 'no difference at all' : show(named, run.scope),
      marked: [by],
    };
  }
  return undefined;
}

/** Whether the lists of this kind, which the finale has read, show other sequences on the two sides. */
function ordersDiffer(run: TrialRun<Case>, kind: MovedKind): boolean {
  const list = listsOf(run.subject).find(({ method }) => method === `${kind}.list`);
  if (list === undefined) return false;
  const { old, new: other } = sidesIn(run, list);
  return idsIn(old) !== idsIn(other);
}

function idsIn(record: StepRecord | undefined): string {
  return JSON.stringify(pageIn(valueOf(record)).items.map((item) => (item as { readonly id: unknown }).id));
}

/** The lists of the sides differ, and comparison names no difference between them. */
function unordered(run: TrialRun<Case>, by: StepRecord): Failure | undefined {
  for (const { method } of listsOf(run.subject)) {
    const kind = method.split('.')[0] as MovedKind;
    if (!ordersDiffer(run, kind) || differencesIn(by).some((one) => one.kind === kind)) continue;
    return {
      summary: `The lists of ${kind} of the two sides go in different orders, and comparison says that they do not differ.`,
      expected:
        'lists are compared as sequences: whoever follows a cursor from one side to the other skips records, or reads them twice',
      actual: 'no difference',
      marked: [by],
    };
  }
  return undefined;
}

/** Reads moved to a side that differs, or not to one that does not. */
function moved(run: TrialRun<Case>): Failure | undefined {
  const last = calls(run, 'migration.moveTo').at(-1)?.record;
  if (last === undefined) return undefined;
  const differs =
    run.input.faults.length > 0 ||
    listsOf(run.subject).some(({ method }) => ordersDiffer(run, method.split('.')[0] as MovedKind));
  const code = codeOf(last);
  if (code === (differs ? 'CONFLICT' : undefined)) return undefined;
  return {
    summary: differs
      ? `Reads moved to the new side (${code ?? 'it was allowed'}), although it does not show what the old one shows.`
      : `Reads could not move to the new side (${code}), although nothing is owed and nothing differs.`,
    expected: differs ? 'CONFLICT' : 'the instance is at the stage cut-over',
    actual: code ?? 'the instance is at the stage cut-over',
    marked: [last],
  };
}
