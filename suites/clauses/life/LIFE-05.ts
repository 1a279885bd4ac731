import fc from 'fast-check';
import type { Step } from '../../../scenarios/host/program.ts';
import { direct, enter, leave } from '../../harness/generate.ts';
import { codeOf, observed, valueOf, whoOf } from '../../harness/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type TrialRun,
} from '../../harness/property.ts';
import { act, overdueFailure, scripted, type Act } from '../../harness/script.ts';
import {
  leaveTrace,
  readTrace,
  showsTrace,
  recordKindsOf,
  type Trace,
  type RecordKind,
} from '../../harness/traces.ts';

interface Case {
  readonly kinds: readonly RecordKind[];
  /** Whether the first instance holds a lock that the second one then takes. */
  readonly locks: boolean;
  /** Whether the second instance removes its own records in the end. */
  readonly removes: boolean;
}

/**
 * Two instances on two namespaces use the same ids and tokens. The second one finds nothing of the first, stores records
 * of its own under the same ids, removes them, and takes a lock that the first one holds; the first one's records stay.
 */
export const LIFE_05: AnyProperty = property<Case>({
  clause: 'LIFE-05',
  topologies: ['shared'],
  schedules: 'free',
  apart: true,
  arbitrary: ({ surfaces }) => {
    const kinds = recordKindsOf(surfaces);
    const hasLocks = surfaces.includes('locks');
    return fc.record({
      kinds: kinds.length === 0 ? fc.constant([]) : fc.shuffledSubarray(kinds, { minLength: 1 }),
      locks: hasLocks && kinds.length > 0 ? fc.boolean() : fc.constant(hasLocks),
      removes: fc.boolean(),
    });
  },
  trial: ({ kinds, locks, removes }, scope) => {
    const s1 = scope.id('s1');
    const within = (acts: readonly Act[]): Act[] => [
      act(0, enter(s1)),
      act(1, enter(s1)),
      ...acts,
      act(1, leave),
      act(0, leave),
    ];
    const traces = tracesOfCase(kinds, scope);
    const acts = [
      ...traces.flatMap((trace) => [act(1, readTrace(trace)), act(1, leaveTrace(trace))]),
      ...(removes ? traces.flatMap((trace) => removal(trace).map((step) => act(1, step))) : []),
    ];
    return {
      // Read once too: what is kept from that must not be shown to the other namespace either.
      setup: [...traces.map(leaveTrace), ...traces.map(readTrace)],
      ...scripted([...(locks ? within(acts) : acts), ...traces.map((trace) => act(0, readTrace(trace)))]),
      patienceMs: 2_500,
    };
  },
  judge: (run) => notApart(run) ?? overdueFailure(run, 'a lock of one namespace is nothing to another one'),
});

function tracesOfCase(kinds: readonly RecordKind[], scope: Scope): (Trace & { readonly kind: RecordKind })[] {
  return kinds.map((kind) => ({ kind, id: scope.id(kind) }));
}

/** What removes the record, where a record of this kind can be removed. */
function removal({ kind, id }: Trace & { readonly kind: RecordKind }): Step[] {
  switch (kind) {
    case 'stream':
      return [direct('streams.delete', id)];
    case 'replay':
      return [direct('idempotency.delete', `trace:${id}`), direct('idempotency.deleteExpired', 1000)];
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
  const reads = new Map(
    tracesOfCase(run.input.kinds, run.scope).map((trace) => [JSON.stringify(readTrace(trace)), trace]),
  );
  for (const { step, record } of observed(run)) {
    const code = codeOf(record);
    if (code !== undefined) {
      return {
        summary: `With an id that another namespace uses, a call (${whoOf(record)}) failed with ${code}.`,
        expected: 'each namespace is empty until something is stored in it',
        actual: code === 'none' ? 'an error without a code' : code,
        marked: [record],
      };
    }
    const trace = reads.get(JSON.stringify(step));
    if (trace === undefined) continue;
    const isThere = showsTrace(trace, valueOf(record));
    // The second instance looks before it stores, the first one after all.
    if (isThere === (record.actor === 0)) continue;
    return {
      summary: isThere
        ? `An instance (${whoOf(record)}) saw the ${trace.kind} record that only another namespace holds.`
        : `The ${trace.kind} record of one namespace was gone (${whoOf(record)}) after another namespace had used the same id.`,
      expected: 'two namespaces never see each other',
      actual: isThere ? 'the record was there' : 'the record was not there',
      marked: [record],
    };
  }
  return undefined;
}
