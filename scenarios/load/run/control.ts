/** What the run tells its service and driver processes, over a channel that no client reaches. */
import type { Json, Migration, StatedIdRule, Surface } from '../../../adapters/contract/index.ts';
import type { Workload } from '../../../adapters/protocol/types.ts';
import type { Audit, BesideEntry } from '../../evidence.ts';
import type { CpuReading } from '../measuring/cpu.ts';
import type { Side } from '../service/migrating.ts';
import type { MixName } from '../mixes/index.ts';
import type { Opening } from './opening.ts';
import type { StreamRange, StreamRule } from './streams.ts';
import type { Lag, Pacing } from '../driver/pacer.ts';
import type { ArmedStrike, StrikerEvent } from '../service/striker.ts';

export interface OpenCommand extends Opening {
  readonly do: 'open';
  /** Number of the service, from 1; 0 for a process that only audits. */
  readonly service: number;
}

export type ServiceCommand =
  | OpenCommand
  /** Listens. Answers with ServiceStarted. */
  | {
      readonly do: 'serve';
      readonly workload: Workload;
      /** The run's start on the monotonic clock, in nanoseconds, as decimal digits. */
      readonly epoch: string;
      readonly journal: string;
      /** Whether this process may be struck by a fault. */
      readonly mayBeStruck: boolean;
      /** 0: any that is free. */
      readonly port: number;
      /** Of the run: requests without it are refused. */
      readonly token: string;
    }
  /** Holds a request at a point, and tells of it by a ReachedPoint. */
  | { readonly do: 'arm'; readonly strike: ArmedStrike }
  /** What is held goes on. */
  | { readonly do: 'resume' }
  /** What is armed is given up, and what is held goes on. */
  | { readonly do: 'disarm' }
  /** Tells by an EnteredSection when a section of the stream begins. */
  | { readonly do: 'watch'; readonly stream: string }
  /** Sets the clock wrong by so many milliseconds. Answers with what it shows. */
  | { readonly do: 'skew'; readonly ms: number }
  /** Takes a stream's lock and frees it. Answers when that was granted, in nanoseconds since the run's start. */
  | { readonly do: 'probe'; readonly stream: string }
  /** Creates streams and export jobs, some of them at once; one that exists is success. */
  | {
      readonly do: 'seed';
      readonly range: StreamRange;
      readonly rule: StreamRule;
      readonly atOnce: number;
      readonly exports: readonly string[];
    }
  /** Tells its CPU time, now. */
  | { readonly do: 'cpu' }
  /** Answers when no request is under way any more. */
  | { readonly do: 'idle' }
  /** Pays every intent that has no `payout.sent`. Answers with their number. */
  | { readonly do: 'drivePayouts' }
  /** Ends every export job that is left; those of lost workers after the longest lease, in milliseconds. */
  | { readonly do: 'drainExports'; readonly longestLeaseMs: number }
  /** Reads everything through a fresh instance into `path`. */
  | {
      readonly do: 'audit';
      readonly reader: Audit['reader'];
      readonly path: string;
      /** Of a move: through this side alone. */
      readonly side?: Side;
    }
  /** Asks both sides of a move whom they let write, into `path`, until `stopProbing`. */
  | { readonly do: 'probeSides'; readonly path: string; readonly epoch: string; readonly everyMs: number }
  | { readonly do: 'stopProbing' }
  /** Which side of a move decides; answers with SidesDeciding. */
  | { readonly do: 'decides' }
  /** Calls a member of the surface `migration`. Answers with what it resolves with. */
  | { readonly do: 'migrate'; readonly member: keyof Migration; readonly args: readonly Json[] }
  /** Drains and closes. Answers with ServiceClosed. */
  | { readonly do: 'close' };

/** What each side of a move says of itself; null: nothing. */
export type SidesDeciding = Readonly<Record<Side, boolean | null>>;

export interface ServiceOpened {
  readonly pid: number;
  readonly surfaces: readonly Surface[];
}

export interface ServiceStarted {
  readonly port: number;
}

/** What came beside the calls and stands in no journal. */
export type ServiceClosed = readonly Omit<BesideEntry, 'where'>[];

export interface DrivenService {
  readonly service: number;
  readonly port: number;
  /** What it takes requests with. It travels over this channel alone. */
  readonly token: string;
}

/** Everything a driver needs to know. */
export interface DriveCommand {
  readonly do: 'drive';
  /** Number of this driver, from 0. */
  readonly driver: number;
  readonly drivers: number;
  readonly services: readonly DrivenService[];
  readonly mix: MixName;
  readonly workload: Workload;
  readonly seed: number;
  /** Planned for all drivers together; what the plan is scaled by. */
  readonly operations: number;
  /** Planned for this driver; null: until the time is up. */
  readonly share: number | null;
  readonly durationMs: number | null;
  /** How many streams there are as it begins; DriverCommand `provide` tells of more. */
  readonly streams: number;
  /** Connections of this driver. */
  readonly connections: number;
  /** Open loop: requests per second of this driver. */
  readonly rate: number | null;
  /** Whether the load begins as a closed loop and is paced by `pace` then. */
  readonly isStepped: boolean;
  /** How long to wait for an answer. */
  readonly timeoutMs: number;
  /** How long requests of unknown outcome are repeated at least, unless they are answered, in milliseconds. */
  readonly repeatMs: number;
  /** Whether a service that takes no connection will be there again. */
  readonly revives: boolean;
  /** The run's start on the monotonic clock, in nanoseconds, as decimal digits. */
  readonly epoch: string;
  readonly history: string;
  /** Which ids the adapter takes; null: all. */
  readonly ids: StatedIdRule | null;
}

export type DriverCommand =
  | DriveCommand
  /** There are so many streams by now. */
  | { readonly do: 'provide'; readonly streams: number }
  /** From now on so many requests per second of this driver; null: as before. Answers with DriverPaced. */
  | { readonly do: 'pace'; readonly rate: number | null }
  /** Plans nothing more; what is in flight is waited for. */
  | { readonly do: 'stop' };

export interface DriverPaced {
  /** Of the schedule before. */
  readonly pacing: Pacing;
  /** Requests since the load began. */
  readonly answered: number;
  /** Of those, effects that were answered for the first time. */
  readonly effects: number;
}

export interface DriverReport {
  /** Planned requests that were sent. */
  readonly operations: number;
  /** HTTP requests, with the pages of scans and with repeats of unknown ones. */
  readonly requests: number;
  /** First request and last answer, in ns since the run's start. */
  readonly loadFrom: number;
  readonly loadTo: number;
  /** CPU time over wall time of the driver during the load: 1 is one core. */
  readonly cpuShare: number;
  /** Milliseconds during which it waited for streams to be created. */
  readonly starvedMs: number;
  /** Of the last schedule of an open loop. */
  readonly pacing: Pacing;
  /** Of all of them. */
  readonly lag: Lag;
  /** Requests whose outcome stayed unknown. */
  readonly unsettled: number;
  /** Services that did not take connections any more. */
  readonly lost: readonly number[];
}

export interface DriverProgress {
  readonly operations: number;
}

/** The plan has come to need so many streams. */
export interface StreamNeed {
  readonly streams: number;
}

/** Told, unasked, by a process that cannot write its evidence any more: which file, and why. */
export interface Unwritten {
  readonly unwritten: string;
}

/** Told, unasked, a few times a second. */
export interface CpuTold {
  readonly cpu: CpuReading;
}

export type ServiceEvent = StrikerEvent | Unwritten | CpuTold;
export type DriverEvent = DriverProgress | StreamNeed | Unwritten | CpuTold;
