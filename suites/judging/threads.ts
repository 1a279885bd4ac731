/** Judges parts in several threads. A thread that runs out of memory fails its part, not the process. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { compiledEntry } from '../../scenarios/process/entry.ts';
import { tooLarge, type MemoryPlan } from './memory.ts';
import type { PartAnswer, PartTask } from './partWork.ts';

/** More threads do not help, because each holds a part in memory. */
const MAX_THREADS = 2;
const MEGABYTE = 1024 * 1024;

interface PartFailure {
  readonly message: string;
  readonly isMalformed: boolean;
}

export type ThreadMessage = { readonly answer: PartAnswer } | { readonly failure: PartFailure };

export interface ThreadOptions {
  readonly memory: MemoryPlan;
  readonly signal: AbortSignal | undefined;
  /** Called when another part is done. */
  readonly onJudged: () => void;
}

/**
 * Returns the answers to `tasks`, in order. Rejects with EVIDENCE_MALFORMED, EVIDENCE_TOO_LARGE, or the reason of the
 * signal.
 */
export async function judgeInThreads(
  tasks: readonly PartTask[],
  { memory: plan, signal, onJudged }: ThreadOptions,
): Promise<PartAnswer[]> {
  const answers: PartAnswer[] = [];
  const state = { next: 0, failed: false };
  const work = async (): Promise<void> => {
    const thread = new Worker(compiledEntry('suites/judging/partThread'), {
      env: {},
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: Math.ceil(plan.youngBytes / MEGABYTE) },
    });
    try {
      while (state.next < tasks.length && !state.failed) {
        signal?.throwIfAborted();
        const at = state.next;
        state.next += 1;
        answers[at] = await ask(thread, tasks[at] as PartTask, plan, signal);
        onJudged();
      }
    } catch (error) {
      state.failed = true;
      throw error;
    } finally {
      await thread.terminate();
    }
  };
  const count = Math.min(MAX_THREADS, availableParallelism(), tasks.length);
  const results = await Promise.allSettled(Array.from({ length: count }, work));
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return answers;
}

/** Judges one part. The thread handles one task at a time. */
async function ask(
  thread: Worker,
  task: PartTask,
  plan: MemoryPlan,
  signal: AbortSignal | undefined,
): Promise<PartAnswer> {
  const { promise, resolve, reject } = withResolvers<PartAnswer>();
  const onMessage = (message: ThreadMessage): void => {
    if ('answer' in message) resolve(message.answer);
    else reject(failureOf(message.failure));
  };
  const onError = (error: Error & { readonly code?: string }): void =>
    reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooLarge(task.source.bytes, plan) : error);
  const onExit = (): void => reject(new Error('The thread that judged a part of the evidence ended.'));
  const onAbort = (): void => reject(signal?.reason);
  thread.on('message', onMessage).on('error', onError).on('exit', onExit);
  signal?.addEventListener('abort', onAbort);
  try {
    thread.postMessage(task, []);
    return await promise;
  } finally {
    thread.off('message', onMessage).off('error', onError).off('exit', onExit);
    signal?.removeEventListener('abort', onAbort);
  }
}

function failureOf({ message, isMalformed }: PartFailure): Error {
  return isMalformed ? new LockstepError('EVIDENCE_MALFORMED', message) : new Error(message);
}

/** Promise.withResolvers, which Node 20 lacks. */
function withResolvers<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
} {
  let settle: { resolve: (value: T) => void; reject: (reason: unknown) => void } | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...(settle as NonNullable<typeof settle>) };
}
