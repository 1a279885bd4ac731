import { exportName } from '../run/exportName.ts';
import type { WorkRequest } from '../service/exports.ts';
import type { Random } from '../../random.ts';
import { planSingles } from './single.ts';
import type { Mix, PlannedRequest } from './types.ts';
import { createWindow, variedStatuses } from './window.ts';

/** Few streams, so that the writes that happen besides the workers' meet. */
const WIDTH = 2;
/** One request in this many requests a new job. */
const REQUEST_EVERY = 5;
/** The share of the other requests that are workers' turns. The rest settle, withdraw and read. */
const WORK_SHARE = 0.5;
const DOWNLOAD_SHARE = 0.15;
/**
 * The number of jobs that wait when the load begins, so that workers meet at once, and processes with separate memories
 * differ.
 */
const SEEDED_JOBS = 40;
/** A download asks for one of the last jobs that the driver requested, of which this many count. */
const DOWNLOAD_WITHIN = 12;

const LEASE_MS = 2000;
/** The share of turns in which the worker sleeps longer than its lease, so that others take its job over. */
const STALL_SHARE = 0.15;
const STALLED_LEASE_MS = 50;
const STALL_MS = 250;
const MAX_HOLD_MS = 8;
/**
 * The share of the other turns that are as slow as a stalled one, so that a stalled worker finds its job taken over.
 */
const SLOW_SHARE = 0.4;
/**
 * The share of all turns except the stalled ones in which the worker renews its lease half-way; without that the lease
 * would end before the work.
 */
const RENEW_SHARE = 0.2;
const RENEWED_LEASE_MS = 200;
const RENEWED_HOLD_MS = 300;
const FAIL_SHARE = 0.1;

/** Workers of every service claim export jobs, besides settles and withdrawals. */
export const exportWorkers: Mix<'export-workers'> = {
  name: 'export-workers',
  summary: `workers of every service claim export jobs, ${STALL_SHARE * 100} % of them for longer than their lease, beside writes to ${WIDTH} streams`,
  purpose: 'one worker per job; needs the surface exports and `exportClaims`',
  workload: 'balance',
  senders: () => 1,
  streams: (scale) => createWindow(scale, WIDTH).total,
  statuses: variedStatuses,
  exports: { jobs: () => SEEDED_JOBS, longestLeaseMs: LEASE_MS },
  plan: (scale) =>
    planSingles(scale, {
      width: WIDTH,
      place: (random) => random.integer(WIDTH),
      instead: exportRequest,
    }),
  minimums: {
    attempts: 50,
    contendedStreams: 2,
    claimRaces: 100,
    lateFinishes: 3,
  },
};

function exportRequest(random: Random, index: number, driver: number): PlannedRequest | undefined {
  const request = Math.floor(index / REQUEST_EVERY);
  if (index % REQUEST_EVERY === 0) return { kind: 'export', sender: 0, job: requestedName(driver, request) };
  const share = random.fraction();
  if (share < WORK_SHARE) return { kind: 'work', sender: 0, ...turn(random) };
  if (share >= WORK_SHARE + DOWNLOAD_SHARE) return undefined;
  const earlier = request - random.integer(DOWNLOAD_WITHIN);
  const job = earlier < 0 ? exportName(random.integer(SEEDED_JOBS)) : requestedName(driver, earlier);
  return { kind: 'download', sender: 0, job };
}

function requestedName(driver: number, request: number): string {
  return `export-d${driver}-${request}`;
}

function turn(random: Random): WorkRequest {
  if (random.fraction() < STALL_SHARE)
    return {
      leaseMs: STALLED_LEASE_MS,
      holdMs: STALL_MS,
      renews: false,
      fails: random.fraction() < FAIL_SHARE,
    };
  const holdMs = random.fraction() < SLOW_SHARE ? STALL_MS : random.integer(MAX_HOLD_MS + 1);
  const renews = random.fraction() < RENEW_SHARE;
  const fails = random.fraction() < FAIL_SHARE;
  if (renews) return { leaseMs: RENEWED_LEASE_MS, holdMs: RENEWED_HOLD_MS, renews, fails };
  return { leaseMs: LEASE_MS, holdMs, renews, fails };
}
