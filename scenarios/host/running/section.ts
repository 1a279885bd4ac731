/** What an actor reports, and the state of one call of withLock. */
import { defined } from '../../../adapters/contract/defined.ts';
import type { LockedView, LockOptions } from '../../../adapters/contract/index.ts';
import { nowNs } from './clock.ts';
import type { Instance } from './execute.ts';
import type { StepRecord } from '../language/history.ts';
import type { Step } from '../language/program.ts';

export type EnterStep = Extract<Step, { readonly do: 'enter' }>;
export type ThrowStep = Extract<Step, { readonly do: 'throw' }>;

/** The result of one released step. */
export interface StepDone {
  readonly actor: number;
  readonly step: number;
  readonly records: readonly StepRecord[];
  /** The actor's next step. Absent: the actor has finished. */
  readonly next?: number;
}

/** How an actor reports to its run. */
export interface ActorListener {
  readonly process: number;
  /** Another instance of the process. */
  instance(index: number | undefined): Instance | undefined;
  nextSection(): number;
  /** A step starts, or the callback ends at its `leave`. */
  starts(actor: number, step: number): void;
  done(done: StepDone): void;
  ghost(actor: number, step: number, at: number): void;
  /** The adapter returned a value that cannot be sent between processes. */
  garbage(detail: string): void;
  abort(actor: number): void;
  /** The signal that all actors of the run in this process share, if they ask for that. */
  readonly together: AbortController;
}

/** One call of withLock, with all runs of its callback. */
export interface LockCall {
  readonly number: number;
  readonly enter: number;
  readonly leave: number;
  readonly savedBefore: ReadonlyMap<string, unknown>;
  attempt: number;
  /** The current run of the callback. Never rejects. */
  running: Promise<void> | undefined;
  settled: boolean;
  /** Resolves when withLock has settled. */
  readonly over: Promise<void>;
  view: LockedView | undefined;
  /** The value that the latest run of the callback returned. */
  returned: unknown;
  /** The error that the callback rejects with. */
  failure: { readonly error: unknown } | undefined;
  call: number;
  lastAct: number;
}

/** The options for the lock. `abortable` provides the signal, if the step asks for one. */
export function lockOptionsOf(step: EnterStep, abortable: AbortController | undefined): LockOptions {
  const { timeoutMs, prefetch, aborted } = step;
  const isAbortable = step.abortable !== undefined && step.abortable !== false;
  const signal = aborted === true ? AbortSignal.abort() : isAbortable ? abortable?.signal : undefined;
  return defined({ timeoutMs, prefetch, signal });
}

/** The first step of a section, if it throws at once. */
export function throwsAtOnce(first: Step | undefined): first is ThrowStep {
  return first?.do === 'throw' && first.atOnce === true;
}

/** A new call of withLock, and a function that notes that it has settled. */
export function lockCallOf(about: Pick<LockCall, 'number' | 'enter' | 'leave' | 'savedBefore'>): {
  readonly section: LockCall;
  readonly isOver: () => void;
} {
  let isOver = (): void => {};
  const over = new Promise<void>((resolve) => {
    isOver = resolve;
  });
  const begun = { attempt: 0, running: undefined, settled: false, view: undefined, returned: undefined };
  return { section: { ...about, ...begun, over, failure: undefined, call: nowNs(), lastAct: 0 }, isOver };
}

/** Notes that the callback runs, possibly again. Returns the function that ends this run. */
export function startRun(section: LockCall, view: LockedView): () => void {
  let ended = (): void => {};
  section.running = new Promise((resolve) => {
    ended = resolve;
  });
  section.attempt += 1;
  section.view = view;
  section.failure = undefined;
  return () => {
    section.lastAct = nowNs();
    section.running = undefined;
    ended();
  };
}
