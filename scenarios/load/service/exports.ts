/** Export jobs of a load: those that every service creates before it, and the turns of their workers. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  codeOf,
  type IdOf,
  type NewExportJob,
  type StorageAdapter,
} from '../../../adapters/contract/index.ts';
import { requestExport, workOnExport, type TurnResult } from '../../../adapters/protocol/index.ts';
import { HttpError, onlyFields } from './http.ts';
import { journalTurn, type JournalWriter } from './journal.ts';

/** Fixed, so that all services create identical records. */
const REQUESTED_AT = '2026-01-01T00:00:00.000000Z';
/** Longer than any load. */
const KEPT_UNTIL = '2126-01-01T00:00:00.000000Z';
const OWNERS = 7;

const MAX_LEASE_MS = 60_000;
const MAX_HOLD_MS = 10_000;
/** The lease of a worker that ends the jobs that the load has left. */
const DRAIN_LEASE_MS = 10_000;
/** Pause in milliseconds between two looks for a job, and how much longer than the longest lease they go on. */
const DRAIN_PAUSE_MS = 50;
const DRAIN_MARGIN_MS = 500;

/** The owner of every job with this id. */
export function ownerOf(id: string, idOf: IdOf): string {
  return idOf(`owner-${(id.codePointAt(id.length - 1) ?? 0) % OWNERS}`);
}

/** Creates the jobs `ids`. A job that exists already is fine. */
export async function seedExports(
  adapter: StorageAdapter,
  ids: readonly string[],
  idOf: IdOf,
): Promise<void> {
  for (const id of ids) {
    const job: NewExportJob = {
      id,
      ownerId: ownerOf(id, idOf),
      fileName: `${id}.csv`,
      requestedAt: REQUESTED_AT,
      expiresAt: KEPT_UNTIL,
    };
    try {
      await requestExport(adapter, job, idOf);
    } catch (error) {
      if (codeOf(error) !== 'ALREADY_EXISTS') throw error;
    }
  }
}

export interface WorkerContext {
  readonly adapter: StorageAdapter;
  readonly journal: JournalWriter;
  /** Number of the service: its workers are named by it. */
  readonly service: number;
}

/** What a worker does in one turn, as it is asked for in a body. */
export interface WorkRequest {
  readonly leaseMs: number;
  /** How long it takes to make the file, in milliseconds. */
  readonly holdMs: number;
  /** Whether it renews its lease half-way. */
  readonly renews: boolean;
  /** Whether making the file fails. */
  readonly fails: boolean;
}

/** Errors: those of workOnExport. */
export async function takeTurn(
  { adapter, journal, service }: WorkerContext,
  work: WorkRequest,
): Promise<TurnResult> {
  const { leaseMs, holdMs, renews, fails } = work;
  return await workOnExport(
    adapter,
    {
      worker: `service-${service}`,
      leaseMs,
      clock: Date.now,
      produce: async (job, heartbeat) => {
        if (renews) {
          await sleep(holdMs / 2);
          await heartbeat();
        }
        await sleep(renews ? holdMs / 2 : holdMs);
        if (fails) throw new Error('the file could not be made');
        // Names the file of this turn, and no other.
        return { signedUrl: `https://files.invalid/${job.id}/${randomUUID()}`, rows: job.attempts };
      },
    },
    journalTurn(journal, leaseMs),
  );
}

/** Works until no job has been available for as long as the longest lease of the load. */
export async function drainExports(context: WorkerContext, longestLeaseMs: number): Promise<void> {
  const work: WorkRequest = { leaseMs: DRAIN_LEASE_MS, holdMs: 0, renews: false, fails: false };
  let until = performance.now() + longestLeaseMs + DRAIN_MARGIN_MS;
  while (performance.now() < until) {
    const turn = await takeTurn(context, work);
    if (turn.outcome === 'idle') await sleep(DRAIN_PAUSE_MS);
    // Its next lease, should the job have to be taken over again.
    if (turn.outcome === 'lost') until = performance.now() + DRAIN_LEASE_MS + DRAIN_MARGIN_MS;
  }
}

/** The turn that `body` asks for. Throws HttpError. */
export function workRequestOf(body: Readonly<Record<string, unknown>>): WorkRequest {
  onlyFields(body, ['leaseMs', 'holdMs', 'renews', 'fails']);
  return {
    leaseMs: numberIn(body, 'leaseMs', 1, MAX_LEASE_MS),
    holdMs: numberIn(body, 'holdMs', 0, MAX_HOLD_MS),
    renews: flagIn(body, 'renews'),
    fails: flagIn(body, 'fails'),
  };
}

function numberIn(
  body: Readonly<Record<string, unknown>>,
  field: string,
  least: number,
  most: number,
): number {
  const value = body[field];
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most)
    return value as number;
  throw new HttpError(
    400,
    'INVALID_BODY',
    `Expected ${field} as an integer from ${least} to ${most}, got ${JSON.stringify(value)?.slice(0, 80)}.`,
  );
}

/** false when it is absent. */
function flagIn(body: Readonly<Record<string, unknown>>, field: string): boolean {
  const value = body[field] ?? false;
  if (typeof value === 'boolean') return value;
  throw new HttpError(400, 'INVALID_BODY', `Expected ${field} as true or false.`);
}
