import fc from 'fast-check';
import { defined } from '../../../adapters/contract/defined.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { direct, enter, leave } from '../../harness/cases/generate.ts';
import { codeOf, observed, valueOf, whoOf } from '../../harness/judging/observe.ts';
import { locksStreams } from '../../harness/cases/lockedStreams.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Property,
  type Scope,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { joined } from '../../harness/parts/joined.ts';
import { listedPrograms } from '../../harness/parts/listedPrograms.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import { overdueFailure, scripted, turn, type Turn } from '../../harness/cases/script.ts';
import {
  leaveTrace,
  readTrace,
  showsTrace,
  recordKindsOf,
  type Trace,
  type RecordKind,
} from '../../harness/cases/traces.ts';
import { NESTED_ELSEWHERE } from './nestedElsewhere.ts';
import { takes } from '../../harness/engine/scope.ts';
import { ID_PREFIXES } from '../../harness/vocabulary/namespaces.ts';
import { entriesFor } from '../../harness/vocabulary/vocabulary.ts';

interface Case {
  /** The prefix of the ids in the first namespace. The second namespace has the same ids without it. */
  readonly before: string;
  readonly kinds: readonly RecordKind[];
  /** Whether the first instance holds a lock that the second one then takes. */
  readonly locks: boolean;
  /** Whether the second instance removes its own records in the end. */
  readonly removes: boolean;
}

/**
 * Two instances use two namespaces, one of whose names is a prefix of the other. They use the same ids and tokens, or
 * ids chosen so that namespace and id joined are the same. The second instance must find nothing of the first, store
 * and remove records of its own, and take a lock whose counterpart the first instance holds. The records of the first
 * instance must stay, and scans must show only the records of their own namespace.
 */
const RECORDS: Property<Case> = {
  clause: 'LIFE-05',
  topologies: ['shared'],
  schedules: 'free',
  apart: true,
  arbitrary: (subject) => {
    const { surfaces } = subject;
    const kinds = recordKindsOf(surfaces);
    const hasLocks = surfaces.includes('locks');
    return fc.record({
      before: fc.constantFrom(...prefixesFor(subject).map(([, before]) => before)),
      kinds: kinds.length === 0 ? fc.constant([]) : fc.shuffledSubarray(kinds, { minLength: 1 }),
      locks: hasLocks && kinds.length > 0 ? fc.boolean() : fc.constant(hasLocks),
      removes: fc.boolean(),
    });
  },
  examples: (subject) =>
    prefixesFor(subject).flatMap(([, before]) =>
      [false, true].map((removes) => ({
        before,
        kinds: recordKindsOf(subject.surfaces),
        locks: subject.surfaces.includes('locks'),
        removes,
      })),
    ),
  situations: ({ idSpace }) =>
    prefixesFor(defined({ idSpace })).map(([name, before]) => ({
      name: `ids of two namespaces (${name})`,
      occurred: ({ input, main }) => input.before === before && main.records.length > 0,
    })),
  trial: ({ before, kinds, locks, removes }, scope) => {
    const s1 = scope.id('s1');
    const within = (turns: readonly Turn[]): Turn[] => [
      turn(0, enter(`${before}${s1}`)),
      turn(1, enter(s1)),
      ...turns,
      turn(1, leave),
      turn(0, leave),
    ];
    const first = tracesOfCase(kinds, scope, before);
    const traces = tracesOfCase(kinds, scope);
    const turns = traces.flatMap((trace) => [turn(1, readTrace(trace)), turn(1, leaveTrace(trace))]);
    const removals = removes ? traces.flatMap(removal).map((step) => turn(1, step)) : [];
    return {
      // The first instance also reads them once, because an answer that it keeps must not be shown to the other
      // namespace.
      setup: [...first.map(leaveTrace), ...first.map(readTrace)],
      ...scripted([
        ...(locks ? within(turns) : turns),
        ...removals,
        ...traces.map((trace) => turn(1, scanOf(trace))),
        ...first.flatMap((trace) => [turn(0, readTrace(trace)), turn(0, scanOf(trace))]),
      ]),
      patienceMs: 2_500,
    };
  },
  judge: (run) => notApart(run) ?? overdueFailure(run, 'a lock of one namespace does not affect another one'),
};

export const LIFE_05: AnyProperty = property(joined(RECORDS, listedPrograms(NESTED_ELSEWHERE, locksStreams)));

/** The prefixes that can precede an id that the adapter accepts. */
function prefixesFor(subject: Pick<Subject, 'omitted' | 'idSpace'>): ReturnType<typeof entriesFor<string>> {
  const id = subject.idSpace?.of('s1') ?? '';
  return entriesFor(ID_PREFIXES, subject).filter(([, before]) => takes(subject, before + id));
}

type RecordTrace = Trace & { readonly kind: RecordKind };

/** The records of a case, with the prefix before their ids, or before the scope of a token. */
function tracesOfCase(kinds: readonly RecordKind[], scope: Scope, before = ''): RecordTrace[] {
  return kinds.map((kind) =>
    kind === 'replay'
      ? { kind, id: scope.id(kind), tokenScope: `${before}${TOKEN_SCOPE}` }
      : { kind, id: `${before}${scope.id(kind)}` },
  );
}

const TOKEN_SCOPE = 'trace';

/** The id under which the scan shows the record. */
function idInScan({ kind, id, tokenScope }: RecordTrace): string {
  return kind === 'replay' ? `${tokenScope}:${id}` : id;
}

const SCANS = {
  stream: 'streams.scan',
  user: 'users.scan',
  event: 'activity.scan',
  replay: 'idempotency.scan',
  job: 'jobs.scan',
  audit: 'audit.scan',
} as const;

/** More than all trials of a namespace store. */
const SCAN_LIMIT = 1000;

function scanOf({ kind }: RecordTrace): CallStep {
  return direct(SCANS[kind], { limit: SCAN_LIMIT });
}

/** The id of a scanned record of this kind. */
function scannedId(kind: RecordKind, item: unknown): unknown {
  const { id, walletAddress, token } = (item ?? {}) as Readonly<Record<string, unknown>>;
  if (kind === 'user') return walletAddress;
  return kind === 'replay' ? token : id;
}

/** The call that removes the record, if records of this kind can be removed. */
function removal({ kind, id }: RecordTrace): Step[] {
  switch (kind) {
    case 'stream':
      return [direct('streams.delete', id)];
    case 'replay':
      return [
        direct('idempotency.delete', `${TOKEN_SCOPE}:${id}`),
        direct('idempotency.deleteExpired', 1000),
      ];
    case 'job':
      return [direct('jobs.delete', id)];
    case 'user':
    case 'event':
    case 'audit':
      return [];
    default:
      return kind satisfies never;
  }
}

function notApart(run: TrialRun<Case>): Failure | undefined {
  const { kinds, before } = run.input;
  const tracesBy = [tracesOfCase(kinds, run.scope, before), tracesOfCase(kinds, run.scope)];
  const reads = tracesBy.map(
    (traces) => new Map(traces.map((trace) => [JSON.stringify(readTrace(trace)), trace])),
  );
  for (const { step, record } of observed(run)) {
    const code = codeOf(record);
    const isScan = step.do === 'call' && step.method.endsWith('.scan');
    if (isScan) {
      const failure = code === undefined ? scannedOtherwise(run, tracesBy, step.method, record) : undefined;
      if (failure !== undefined) return failure;
      if (code === undefined || code === 'UNSUPPORTED') continue;
    }
    if (code !== undefined) {
      return {
        summary: `A call with an id that another namespace also uses (${whoOf(record)}) failed with ${code}.`,
        expected: 'each namespace is empty until something is stored in it',
        actual: code === 'none' ? 'an error without a code' : code,
        marked: [record],
      };
    }
    const trace = reads[record.actor]?.get(JSON.stringify(step));
    if (trace === undefined) continue;
    const isThere = showsTrace(trace, valueOf(record));
    // The second instance reads before it stores, and the first one reads after everything.
    if (isThere === (record.actor === 0)) continue;
    return {
      summary: isThere
        ? `An instance (${whoOf(record)}) saw the ${trace.kind} record that only another namespace holds.`
        : `The ${trace.kind} record of one namespace was gone (${whoOf(record)}) after another namespace had used ${before === '' ? 'the same id' : 'an id that ends it'}.`,
      expected: 'two namespaces never see each other',
      actual: isThere ? 'the record was there' : 'the record was not there',
      ...(isThere ? { hint: 'the namespace is not part of the key' } : {}),
      marked: [record],
    };
  }
  return undefined;
}

/** A scan shows a record of the other namespace, or does not show its own record exactly once. */
function scannedOtherwise(
  { input, main }: TrialRun<Case>,
  tracesBy: readonly (readonly RecordTrace[])[],
  method: CallStep['method'],
  record: StepRecord,
): Failure | undefined {
  const { items, nextCursor } = pageIn(valueOf(record));
  const own = tracesBy[record.actor]?.find(({ kind }) => SCANS[kind] === method);
  const other = tracesBy[1 - record.actor]?.find(({ kind }) => SCANS[kind] === method);
  if (own === undefined || other === undefined) return undefined;
  const ids = items.map((item) => scannedId(own.kind, item));
  const ownCount = ids.filter((id) => id === idInScan(own)).length;
  const isForeign = idInScan(own) !== idInScan(other) && ids.includes(idInScan(other));
  const isRemoved = record.actor === 1 && input.removes && removal(own).length > 0;
  const isRight = ownCount === (isRemoved ? 0 : 1) || (ownCount === 0 && nextCursor !== undefined);
  if (isRight && !isForeign) return undefined;
  const marked = main.records.filter((one) => one === record);
  return {
    summary: isForeign
      ? `A scan (${whoOf(record)}) showed the ${own.kind} record that only another namespace holds.`
      : `A scan (${whoOf(record)}) showed the ${own.kind} record of its namespace ${ownCount} times, while another namespace has one whose joined name and id are similar.`,
    expected: `the records of the own namespace: that one ${isRemoved ? 'no longer, since it was removed' : 'once'}`,
    actual: `${items.length} records; the own one ${ownCount} times, that of the other namespace ${isForeign ? 'too' : 'not'}`,
    marked,
  };
}
