import fc from 'fast-check';
import type { Surface } from '../../../adapters/contract/index.ts';
import type { Actor, CallStep, Step } from '../../../scenarios/host/program.ts';
import { addDigit, unexplained } from '../../harness/effects.ts';
import {
  failingWrite,
  failingWritesOf,
  failingWritesSetup,
  type FailingWrite,
} from '../../harness/failingWrites.ts';
import { direct, enter, leave, streamOf, swallowed, view } from '../../harness/generate.ts';
import { codeOf } from '../../harness/observe.ts';
import { property, type AnyProperty, type Scope } from '../../harness/property.ts';
import {
  leaveTrace,
  readTrace,
  strayTrace,
  recordKindsOf,
  tracesOf,
  type TraceKind,
} from '../../harness/traces.ts';

/** Reads that may fail in the storage, where they end a transaction that nobody rolled back. */
const FAILING_READS = [
  'get hostile id',
  'get long id',
  'list with bad cursor',
  'list with bad limit',
  'list with bad status',
  'events with bad cursor',
  'get malformed token',
] as const;
type FailingRead = (typeof FAILING_READS)[number];

interface Visit {
  readonly trace: TraceKind;
  /** Calls that may fail, whose errors the callback swallows, before and after its writes. */
  readonly before: readonly (FailingRead | FailingWrite)[];
  readonly after: readonly (FailingRead | FailingWrite)[];
}

/**
 * Sections in which calls fail and nobody minds, so that the storage may have ended the transaction long before the
 * commit. Whatever withLock makes of that, it must be true: resolved means stored, rejected means not.
 */
export const TX_02: AnyProperty = property<readonly (readonly Visit[])[]>({
  clause: 'TX-02',
  arbitrary: ({ surfaces }) => {
    const failing = fc.oneof(
      fc.constantFrom<FailingRead | FailingWrite>(...readsOf(surfaces)),
      fc.constantFrom<FailingRead | FailingWrite>(...failingWritesOf(surfaces)),
    );
    const some = fc.array(failing, { maxLength: 2 });
    const visit: fc.Arbitrary<Visit> = fc.record({
      trace: fc.constantFrom(...recordKindsOf(surfaces)),
      before: some,
      after: some,
    });
    return fc.array(fc.array(visit, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 });
  },
  trial: (input, scope) => {
    const s1 = scope.id('s1');
    let digit = 0;
    const actors = input.map((visits, instance): Actor => {
      const steps = visits.flatMap((visit) => {
        digit += 1;
        return section(visit, digit, scope);
      });
      return { instance, steps };
    });
    const kinds = input.flat().flatMap(({ before, after }) => [...before, ...after]);
    const setup = [direct('streams.create', streamOf(s1)), ...failingWritesSetup(kinds, scope)];
    return {
      setup,
      actors,
      finale: [direct('streams.get', s1), ...tracesOf({ setup, actors }).map(readTrace)],
    };
  },
  judge: (run) => unexplained(run) ?? strayTrace(run),
  exercised: ({ main }) => main.records.some((record) => codeOf(record) !== undefined),
});

function readsOf(surfaces: readonly Surface[]): FailingRead[] {
  return FAILING_READS.filter((read) => {
    if (read === 'events with bad cursor') return surfaces.includes('activity');
    return read !== 'get malformed token' || surfaces.includes('idempotency');
  });
}

function section({ trace, before, after }: Visit, digit: number, scope: Scope): Step[] {
  const id = scope.id('s1');
  const calls = (kinds: Visit['before']): Step[] => kinds.map((kind) => swallowed(callOf(kind, scope)));
  return [
    enter(id),
    ...calls(before),
    ...addDigit(id, digit).map(swallowed),
    swallowed(leaveTrace({ kind: trace, id: scope.id(`new-${digit}`) })),
    ...calls(after),
    leave,
  ];
}

function callOf(kind: FailingRead | FailingWrite, scope: Scope): CallStep {
  switch (kind) {
    case 'get hostile id':
      return view('streams.get', 'a\u0000b\ud800');
    case 'get long id':
      return view('streams.get', 'x'.repeat(20_000));
    case 'list with bad cursor':
      return view('streams.list', { limit: 2, cursor: 'bm90IGEgY3Vyc29y' });
    case 'list with bad limit':
      return view('streams.list', { limit: 1e9 });
    case 'list with bad status':
      return view('streams.list', { limit: 2, status: "it's" });
    case 'events with bad cursor':
      return view('activity.list', { streamId: scope.id('s1'), limit: 2, cursor: '%' });
    case 'get malformed token':
      return view('idempotency.get', 'no colon\u0000');
    default:
      return failingWrite(kind, scope);
  }
}
