/** Options of a load, resolved and checked once. */
import { LockstepError } from '../../lockstepError.ts';
import type { Capabilities, Json } from '../../../adapters/contract/index.ts';
import type { Workload } from '../../../adapters/protocol/types.ts';
import type { TargetReference } from '../../host/index.ts';
import type { HandOverTime } from '../../evidence.ts';
import type { OnPhase } from '../../phase.ts';
import type { FaultName } from '../../faults/catalog.ts';
import type { StrikePoint } from '../../faults/points.ts';
import { STEPS_A_LOAD } from '../measuring/saturation.ts';
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
  /** Connections of all drivers together, at least one a driver. */
  readonly connections: number;
  /** Requests to plan in all. This or `durationMs`, or both: whichever is reached first. */
  readonly operations?: number;
  readonly durationMs?: number;
  /**
   * Open loop: so many requests per second in all, whatever the answers take; `auto`: more and more, until the target does
   * not hold them, within `durationMs`. Default: closed loop.
   */
  readonly rate?: number | 'auto';
  /** So much of the load, from its first request, is in no figure, in milliseconds; it is judged. Default 0. */
  readonly warmupMs?: number;
  readonly seed: number;
  /** See ServerRights. */
  readonly allowFaultsOnServer?: boolean;
  /** Strikes the load; it then goes on until every strike is over. Default: none. */
  readonly faults?: FaultOptions;
  /** Folder for the evidence; made if it is missing, refused if it holds evidence. */
  readonly out: string;
  /** Ends the load early; what was seen until then is kept. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Told what the target's start has to say to the user, a line each. */
  readonly onNote?: (note: string) => void;
  readonly onPhase?: OnPhase;
  /** A backing service that is started already; it is then not stopped here. */
  readonly connection?: {
    readonly connection: Json;
    readonly environment: Json;
    readonly notes?: readonly string[];
  };
}

export interface FaultOptions {
  readonly names: readonly FaultName[];
  /** How often each of them strikes, at least once. */
  readonly strikes: number;
  /** How long a black hole lasts at least, in milliseconds. Default: what an adapter needs to notice most of them. */
  readonly blackholeMs?: number;
  /** Points at which they strike. Default: all that they have. */
  readonly points?: readonly StrikePoint[];
  /** Whether the clock of a service that is going to be killed is more than a day ahead. Default false. */
  readonly clockAhead?: boolean;
}

export interface LoadProgress {
  readonly operations: number;
  /** Absent: the load is bounded by time. */
  readonly planned?: number;
  readonly elapsedMs: number;
  /** Over the time since the last progress. */
  readonly perSecond: number;
}

/** What a course records of a load that it leads. */
export interface CourseRecord {
  /** How often each fault is to strike. */
  readonly faults: Readonly<Partial<Record<FaultName, number>>>;
  /** When the authority moved from one storage to another. */
  readonly handOvers: readonly HandOverTime[];
}

/** Before the target is known. */
export interface RequestedLoad extends LoadOptions {
  /** What leads the load, if anything does; it grows while the load goes on. */
  readonly course?: CourseRecord;
  readonly mixture: Mix;
  readonly workload: Workload;
  /** What plans are scaled by: the number asked for, or an estimate. */
  readonly planned: number;
}

export interface ResolvedLoad extends RequestedLoad {
  readonly services: number;
}

/** Whether services end, stand still or lose their storage while the load goes on. */
export function mayBeStruck({ faults, course }: Pick<RequestedLoad, 'faults' | 'course'>): boolean {
  return faults !== undefined || course !== undefined;
}

export const MAX_PROCESSES = 64;
/** Services of a target whose instances share storage, unless the options say otherwise. */
export const SHARED_BY = 2;
export const MAX_CONNECTIONS = 10_000;
export const MAX_STRIKES = 1000;
/** Requests per second in open loop. */
export const MAX_RATE = 1_000_000;
/** The shortest step of `rate: auto` that says anything, in milliseconds. */
export const LEAST_STEP_MS = 500;
/** The longest that a load goes on for one strike, in milliseconds. */
export const STRIKE_LIMIT_MS = 180_000;
/** What a run that is bounded by time is taken to reach, for the number of streams before it; more are created as it goes on. */
const ESTIMATED_OPERATIONS_A_SECOND = 10_000;

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
    ...(course === undefined ? {} : { course }),
    mixture,
    workload: options.workload ?? mixture.workload,
    planned:
      operations ??
      Math.ceil(
        ((durationMs ?? 0) / 1000) * (typeof rate === 'number' ? rate : ESTIMATED_OPERATIONS_A_SECOND),
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
  if (durationMs < STEPS_A_LOAD * LEAST_STEP_MS)
    throw new LockstepError(
      'USAGE',
      `Expected at least ${(STEPS_A_LOAD * LEAST_STEP_MS) / 1000} s for rate "auto", got ${durationMs / 1000} s: its ${STEPS_A_LOAD} steps need ${LEAST_STEP_MS} ms each.`,
    );
}

/** What is asked for of several services is not asked for of a target whose instances do not share storage. */
export function resolveServices(load: RequestedLoad, { crossInstance }: Capabilities): ResolvedLoad {
  return { ...load, services: load.services ?? (crossInstance ? SHARED_BY : 1) };
}

/** Part `index` (from 0) of `total` divided among `parts` as evenly as whole numbers allow. */
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
