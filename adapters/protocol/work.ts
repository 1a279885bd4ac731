/** One turn of a worker: it claims an export job, makes the file, and finishes the job under its claim. */
import {
  SIGNED_URL_TTL_MS,
  StorageError,
  addMs,
  codeOf,
  timestampOf,
  type Awaitable,
  type ClaimedJob,
  type Clock,
  type ExportJob,
  type ExportJobStore,
  type StorageAdapter,
} from '../contract/index.ts';

/** The calls of the store that a turn makes. */
export type WorkCall = 'claim' | 'heartbeat' | 'complete' | 'fail';

/** The outcome of a call. `refused`: CONFLICT, nothing was changed. `unknown`: any other error. */
export type WorkOutcome = 'done' | 'refused' | 'unknown';

/** Called before and after every call of a turn. */
export interface WorkHooks {
  /** `url`: the URL of the file that `complete` stores. */
  called(call: WorkCall, url?: string): void;
  /** `job`: the job that `claim` returned, if any. */
  returned(call: WorkCall, outcome: WorkOutcome, job?: ExportJob): void;
}

const NO_HOOKS: WorkHooks = { called: () => {}, returned: () => {} };

export interface TurnOptions {
  /** The lifetime of the file's URL counts from this clock's time. */
  readonly clock: Clock;
  readonly worker: string;
  /** How long the claim lasts without a heartbeat, in milliseconds. */
  readonly leaseMs: number;
  /** Makes the file. If it throws, the job fails, with the error's message as its reason. */
  readonly produce: (
    job: ExportJob,
    heartbeat: () => Promise<void>,
  ) => Awaitable<{ readonly signedUrl: string; readonly rows: number; readonly urlTtlMs?: number }>;
}

/** `idle`: there was no job. `lost`: the claim was no longer the current one. */
export type TurnResult =
  | { readonly outcome: 'idle' }
  | { readonly outcome: 'ready' | 'failed' | 'lost'; readonly job: ExportJob };

/** Throws UNSUPPORTED without `exportClaims`, and the errors of the store, except CONFLICT, which is a lost turn. */
export async function workOnExport(
  adapter: StorageAdapter,
  options: TurnOptions,
  hooks: WorkHooks = NO_HOOKS,
): Promise<TurnResult> {
  const { claimNext, heartbeat, complete, fail } = claimsOf(adapter);
  const { worker, leaseMs, clock, produce } = options;
  const claimed = await watched(hooks, 'claim', () => claimNext(worker, leaseMs));
  if (claimed === undefined) return { outcome: 'idle' };
  const { job, claim } = claimed;
  try {
    let file: Awaited<ReturnType<typeof produce>>;
    try {
      file = await produce(job, () => watched(hooks, 'heartbeat', () => heartbeat(claim)));
    } catch (error) {
      if (codeOf(error) !== undefined) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      return { outcome: 'failed', job: await watched(hooks, 'fail', () => fail(claim, reason)) };
    }
    const { signedUrl, rows, urlTtlMs = SIGNED_URL_TTL_MS } = file;
    const result = { signedUrl, rows, signedUrlExpiresAt: addMs(timestampOf(clock), urlTtlMs) };
    const ready = await watched(hooks, 'complete', () => complete(claim, result), signedUrl);
    return { outcome: 'ready', job: ready };
  } catch (error) {
    if (codeOf(error) === 'CONFLICT') return { outcome: 'lost', job };
    throw error;
  }
}

type Claims = Required<Pick<ExportJobStore, 'claimNext' | 'heartbeat' | 'complete' | 'fail'>>;

function claimsOf({ exportRepository }: StorageAdapter): Claims {
  const jobs = exportRepository?.jobs;
  if (
    jobs?.claimNext === undefined ||
    jobs.heartbeat === undefined ||
    jobs.complete === undefined ||
    jobs.fail === undefined
  )
    throw new StorageError(
      'UNSUPPORTED',
      'Expected an adapter with the capability exportClaims: claimNext, heartbeat, complete and fail of its jobs.',
    );
  return {
    claimNext: jobs.claimNext.bind(jobs),
    heartbeat: jobs.heartbeat.bind(jobs),
    complete: jobs.complete.bind(jobs),
    fail: jobs.fail.bind(jobs),
  };
}

async function watched<T>(
  hooks: WorkHooks,
  call: WorkCall,
  make: () => Awaitable<T>,
  url?: string,
): Promise<T> {
  hooks.called(call, url);
  let value: T;
  try {
    value = await make();
  } catch (error) {
    hooks.returned(call, codeOf(error) === 'CONFLICT' ? 'refused' : 'unknown');
    throw error;
  }
  hooks.returned(call, 'done', call === 'claim' ? (value as ClaimedJob | undefined)?.job : undefined);
  return value;
}
