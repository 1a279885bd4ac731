/** Runs programs on an adapter in the test's own process, without a host around it. */
import type { LockedView, StorageAdapter } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import { instanceClock } from '../running/clock.ts';
import { Coordinator } from '../running/coordinator.ts';
import type { Instance } from '../running/execute.ts';
import { ProgramRun, type RunEnd } from '../running/interpreter.ts';
import type { Coordination } from '../running/coordinator.ts';
import { normalize } from '../language/normalize.ts';
import type { StepRecord } from '../language/history.ts';
import type { Program, Schedule, Step } from '../language/program.ts';

export type LocalHistory = Coordination & RunEnd;

/** Every actor on one instance of `adapter`. */
export async function runLocal(
  adapter: StorageAdapter,
  actors: readonly (readonly Step[])[],
  schedule: Schedule = { mode: 'scheduled', choices: [], blockMs: 20 },
  patienceMs = 300,
): Promise<LocalHistory> {
  const program: Program = normalize({
    actors: actors.map((steps) => ({ instance: 0, steps })),
    patienceMs,
  });
  const clock = instanceClock({});
  const instance: Instance = {
    adapter,
    clock,
    close: async () => adapter.close(),
    reopen: async () => {},
  };
  const coordinator = new Coordinator({ program, schedule });
  const run = new ProgramRun({
    program,
    instances: [instance],
    process: 1,
    done: (done) => coordinator.done(done),
    abortElsewhere: () => {},
    failed: (error) => coordinator.fail(error),
  });
  const coordination = await coordinator.run(run);
  return { ...coordination, ...run.end() };
}

type WithLock = (id: string, callback: (view: LockedView) => Promise<unknown>) => Promise<unknown>;

/** An adapter of nothing but this withLock (and stores, on the instance and in its views). */
export function adapterOf(withLock: WithLock, stores: Partial<LockedView> = {}): StorageAdapter {
  const { streams, users, activity, idempotency } = stores;
  return {
    streamRepository: {
      withLock: withLock as NonNullable<StorageAdapter['streamRepository']>['withLock'],
      ...defined({ streams, users, activity }),
    } as NonNullable<StorageAdapter['streamRepository']>,
    ...(idempotency === undefined
      ? {}
      : { idempotencyStore: idempotency as NonNullable<StorageAdapter['idempotencyStore']> }),
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

/** A view of these stores. */
export function viewOf(stores: Partial<LockedView> = {}): LockedView {
  return { signal: new AbortController().signal, ...stores };
}

/** `actor.step status` of each record, in order. */
export function told(records: readonly StepRecord[]): string[] {
  return records.map(({ actor, step, outcome }) => `${actor}.${step} ${outcome.status}`);
}
