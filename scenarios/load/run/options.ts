/** Options of a load, resolved and checked once. */
import { LockstepError } from '../../lockstepError.ts';
import type { Capabilities, Json } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import type { Workload } from '../../../adapters/protocol/types.ts';
import type { TargetReference } from '../../host/index.ts';
import type { HandOverTime } from '../../evidence.ts';
import type { OnPhase } from '../../phase.ts';
import type { FaultName } from '../../faults/catalog.ts';
import type { StrikePoint } from '../../faults/points.ts';
import { STEPS_PER_LOAD } from '../measuring/saturation.ts';
import { mixOf, type Mix, type MixName } from '../mixes/index.ts';

export interface LoadOptions {
  readonly target: TargetReference;
  /** `embedded`, `docker`, `docker:IMAGE` or a connection URL, for targets on PostgreSQL. */
  readonly pg: string;
  readonly mix: MixName;
  /** Default: the mix's own. */
  readonly workload?: Workload;
  /** Service processes, 1 to MAX_PROCESSES. Default: 2 where the target declares crossInstance, else 1. */
  readonly services?: number;
  /** Driver processes, 1 to MAX_PROCESSES. */
  readonly drivers: number;
  /** The number of connections of all drivers together: at least one per driver. */
  readonly connections: number;
  /** The total number of requests. Give this, `durationMs`, or both: the load ends when either is reached. */
  readonly operations?: number;
  readonly durationMs?: number;
  /**
   * Open loop: the total number of requests per second, however long answers take. `auto` raises the rate in steps within
   * `durationMs`, until the target cannot keep up. Default: closed loop.
   */
  readonly rate?: number | 'auto';
  /** How long the warm-up takes, in milliseconds from the first request. It is judged, but no figure includes it. Default 0. */
  readonly warmupMs?: number;
  readonly seed: number;
  /** See ServerRights. */
  readonly allowFaultsOnServer?: boolean;
  /** Faults that strike the load. The load continues until every strike is over. Default: none. */
  readonly faults?: FaultOptions;
  /** The folder for the evidence. It is created if it is missing, and rejected if it contains evidence. */
  readonly out: string;
  /** Ends the load early. What was recorded until then is kept. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Called with each line that the target's `start` has for the user. */
  readonly onNote?: (note: string) => void;
  readonly onPhase?: OnPhase;
  /** A backing service that runs already. The load does not stop it. */
  readonly connection?: {
    readonly connection: Json;
    readonly environment: Json;
    readonly notes?: readonly string[];
  };
}

export interface FaultOptions {
  readonly names: readonly FaultName[];
  /** How often each fault strikes, at least once. */
  readonly strikes: number;
  /** The shortest duration of a black hole, in milliseconds. Default: long enough for an adapter to notice most of them. */
  readonly blackholeMs?: number;
  /** The points at which faults strike. Default: every point of each fault. */
  readonly points?: readonly StrikePoint[];
  /** Whether the clock of a service that will be killed runs more than a day ahead. Default false. */
  readonly clockAhead?: boolean;
}

export interface LoadProgress {
  readonly operations: number;
  /** The number of planned requests. Absent if the load is limited by time. */
  readonly planned?: number;
  readonly elapsedMs: number;
  /** Requests per second since the last progress. */
  readonly perSecond: number;
}

/** What a course records about the load that it controls. */
export interface CourseRecord {
  /** How often each fault should strike. */
  readonly faults: Readonly<Partial<Record<FaultName, number>>>;
  /** When the authority moved from one storage to another. */
  readonly handOvers: readonly HandOverTime[];
}

/** A load whose options are checked, before its target is known. */
export interface RequestedLoad extends LoadOptions {
  /** The record of the course that controls the load, if there is one. It grows during the load. */
  readonly course?: CourseRecord;
  readonly mixture: Mix;
  readonly workload: Workload;
  /** The number of requests by which plans are scaled: the requested number, or an estimate. */
  readonly planned: number;
}

export interface ResolvedLoad extends RequestedLoad {
  readonly services: number;
}

/** Whether services may end, freeze or lose their storage during the load. */
export function mayBeStruck({ faults, course }: Pick<RequestedLoad, 'faults' | 'course'>): boolean {
  return faults !== undefined || course !== undefined;
}

export const MAX_PROCESSES = 64;
/** The default number of services for a target whose instances share storage. */
export const SHARED_BY = 2;
export const MAX_CONNECTIONS = 10_000;
export const MAX_STRIKES = 1000;
/** The highest rate of an open loop, in requests per second. */
export const MAX_RATE = 1_000_000;
/** The shortest useful step of `rate: auto`, in milliseconds. */
export const MIN_STEP_MS = 500;
/** How long a load continues for one strike at most, in milliseconds. */
export const STRIKE_LIMIT_MS = 180_000;
/** The assumed throughput of a load that is limited by time. It gives the initial number of streams; more are created during the load. */
const ESTIMATED_OPERATIONS_PER_SECOND = 10_000;

/** Throws USAGE for options out of range. */
export function resolveLoad(options: LoadOptions, course?: CourseRecord): RequestedLoad {
  const { services, operations, durationMs, drivers, rate, warmupMs } = options;
  if (services !== undefined) between('services', services, 1, MAX_PROCESSES);
  between('drivers', drivers, 1, MAX_PROCESSES);
  between('connections', options.connections, drivers, MAX_CONNECTIONS);
  between('seed', options.seed, 0, Number.MAX_SAFE_INTEGER);
  if (operations !== undefined) between('operations', operations, 1, Number.MAX_SAFE_INTEGER);
  if (durationMs !== undefined) between('durationMs', durationMs, 1, Number.MAX_SAFE_INTEGER);
  if (operations === undefined && durationMs === undefined)
    throw new LockstepError('USAGE', 'Expected operations or durationMs, got neither: a load needs an end.');
  if (rate === 'auto') requireSteps(options);
  else if (rate !== undefined && !(rate > 0 && rate <= MAX_RATE))
    throw new LockstepError('USAGE', `Expected rate above 0, at most ${MAX_RATE} per second, got ${rate}.`);
  if (warmupMs !== undefined) {
    between('warmupMs', warmupMs, 0, Number.MAX_SAFE_INTEGER);
    if (durationMs !== undefined && warmupMs >= durationMs)
      throw new LockstepError(
        'USAGE',
        `Expected warmupMs below durationMs (${durationMs} ms), got ${warmupMs} ms.`,
      );
  }
  if (options.faults !== undefined) {
    between('strikes', options.faults.strikes, 1, MAX_STRIKES);
    if (operations !== undefined)
      throw new LockstepError(
        'USAGE',
        'Expected durationMs for a load with faults, got operations: such a load runs until its faults are over.',
      );
  }
  const mixture = mixOf(options.mix);
  return {
    ...options,
    ...defined({ course }),
    mixture,
    workload: options.workload ?? mixture.workload,
    planned:
      operations ??
      Math.ceil(
        ((durationMs ?? 0) / 1000) * (typeof rate === 'number' ? rate : ESTIMATED_OPERATIONS_PER_SECOND),
      ),
  };
}

function requireSteps({ operations, durationMs = 0, warmupMs, faults }: LoadOptions): void {
  const beside = Object.entries({ operations, warmupMs, faults }).find(([, value]) => value !== undefined);
  if (beside !== undefined)
    throw new LockstepError(
      'USAGE',
      `Expected rate "auto" without ${beside[0]}: it searches the rate in steps of its own, after a closed loop as warm-up.`,
    );
  if (durationMs < STEPS_PER_LOAD * MIN_STEP_MS)
    throw new LockstepError(
      'USAGE',
      `Expected at least ${(STEPS_PER_LOAD * MIN_STEP_MS) / 1000} s for rate "auto", got ${durationMs / 1000} s: its ${STEPS_PER_LOAD} steps need ${MIN_STEP_MS} ms each.`,
    );
}

/** Fills in the default number of services: several only if the target's instances share storage. */
export function resolveServices(load: RequestedLoad, { crossInstance }: Capabilities): ResolvedLoad {
  return { ...load, services: load.services ?? (crossInstance ? SHARED_BY : 1) };
}

/** Part `index` (from 0) of `total`, divided into `parts` whole numbers that are as equal as possible. */
export function portion(total: number, parts: number, index: number): number {
  return Math.floor(total / parts) + (index < total % parts ? 1 : 0);
}

function between(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new LockstepError(
    'USAGE',
    `Expected ${name} as a whole number from ${least} to ${most}, got ${value}.`,
  );
}
