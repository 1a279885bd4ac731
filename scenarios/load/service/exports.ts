/** Export jobs of a load: those that every service creates before it, and the turns of its workers. */
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
/** The lease of a worker that finishes jobs that the load has left, in milliseconds. */
const DRAIN_LEASE_MS = 10_000;
/**
 * The pause between two attempts to claim a job, and how much longer than the longest lease to continue, in
 * milliseconds.
 */
const DRAIN_PAUSE_MS = 50;
const DRAIN_MARGIN_MS = 500;

/** The owner of the job with this id. */
export function ownerOf(id: string, idOf: IdOf): string {
  return idOf(`owner-${(id.codePointAt(id.length - 1) ?? 0) % OWNERS}`);
}

/** Creates the jobs `ids`. An existing job is a success. */
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
  /** The number of the service. The names of its workers contain it. */
  readonly service: number;
}

/** What a worker does in one turn, as requested in a body. */
export interface WorkRequest {
  readonly leaseMs: number;
  /** How long the worker takes to make the file, in milliseconds. */
  readonly holdMs: number;
  /** Whether the worker renews its lease half-way. */
  readonly renews: boolean;
  /** Whether making the file fails. */
  readonly fails: boolean;
}

/** Takes one turn. Errors: those of workOnExport. */
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
        // The URL identifies the file of this turn.
        return { signedUrl: `https://files.invalid/${job.id}/${randomUUID()}`, rows: job.attempts };
      },
    },
    journalTurn(journal, leaseMs),
  );
}

/** Takes turns until no job has been available for as long as the longest lease of the load. */
export async function drainExports(context: WorkerContext, longestLeaseMs: number): Promise<void> {
  const work: WorkRequest = { leaseMs: DRAIN_LEASE_MS, holdMs: 0, renews: false, fails: false };
  let until = performance.now() + longestLeaseMs + DRAIN_MARGIN_MS;
  while (performance.now() < until) {
    const turn = await takeTurn(context, work);
    if (turn.outcome === 'idle') await sleep(DRAIN_PAUSE_MS);
    // The job may have to be taken over again, after its next lease.
    if (turn.outcome === 'lost') until = performance.now() + DRAIN_LEASE_MS + DRAIN_MARGIN_MS;
  }
}

/** The turn that `body` requests. Throws HttpError. */
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

/** False if the field is absent. */
function flagIn(body: Readonly<Record<string, unknown>>, field: string): boolean {
  const value = body[field] ?? false;
  if (typeof value === 'boolean') return value;
  throw new HttpError(400, 'INVALID_BODY', `Expected ${field} as true or false.`);
}
