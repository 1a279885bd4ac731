/** What an actor reports, and what it knows about one call of withLock. */
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
  /** The actor's next step; absent: it has finished. */
  readonly next?: number;
}

/** What an actor tells the run that it belongs to. */
export interface ActorListener {
  readonly process: number;
  /** Another instance of the process. */
  instance(index: number | undefined): Instance | undefined;
  nextSection(): number;
  /** A step starts, or the callback's end at its `leave`. */
  starts(actor: number, step: number): void;
  done(done: StepDone): void;
  ghost(actor: number, step: number, at: number): void;
  /** The adapter returned a value that cannot be sent between processes. */
  garbage(detail: string): void;
  abort(actor: number): void;
  /** Of all actors of the run in this process that ask with one signal. */
  readonly together: AbortController;
}

/** One call of withLock, over all runs of its callback. */
export interface LockCall {
  readonly number: number;
  readonly enter: number;
  readonly leave: number;
  readonly savedBefore: ReadonlyMap<string, unknown>;
  attempt: number;
  /** A run of the callback, while it lasts. Never rejects. */
  running: Promise<void> | undefined;
  settled: boolean;
  /** Resolves when its withLock has settled. */
  readonly over: Promise<void>;
  view: LockedView | undefined;
  /** What the latest run of the callback returned. */
  returned: unknown;
  /** What the callback rejects with. */
  failure: { readonly error: unknown } | undefined;
  call: number;
  lastAct: number;
}

/** How the lock is asked for; `abortable`: whose signal is passed if the step says so. */
export function lockOptionsOf(step: EnterStep, abortable: AbortController | undefined): LockOptions {
  const { timeoutMs, prefetch, aborted } = step;
  const isAbortable = step.abortable !== undefined && step.abortable !== false;
  const signal = aborted === true ? AbortSignal.abort() : isAbortable ? abortable?.signal : undefined;
  return defined({ timeoutMs, prefetch, signal });
}

/** Of the first step of a section. */
export function throwsAtOnce(first: Step | undefined): first is ThrowStep {
  return first?.do === 'throw' && first.atOnce === true;
}

/** A call of withLock that is made now, and what says that it has settled. */
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

/** The callback runs, once more perhaps. Returns what ends this run. */
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
