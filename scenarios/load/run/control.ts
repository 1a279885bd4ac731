/** The messages between the run and its service and driver processes, over a channel that clients cannot reach. */
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
  /** The number of the service, from 1. 0: a process that only reads the storage. */
  readonly service: number;
}

export type ServiceCommand =
  | OpenCommand
  /** Starts listening. Answers with ServiceStarted. */
  | {
      readonly do: 'serve';
      readonly workload: Workload;
      /** The run's start on the monotonic clock, in nanoseconds, as decimal digits. */
      readonly epoch: string;
      readonly journal: string;
      /** Whether faults may strike this process. */
      readonly mayBeStruck: boolean;
      /** 0: any free port. */
      readonly port: number;
      /** The secret of the run. Requests without it are refused. */
      readonly token: string;
    }
  /** Holds a request at a point, and reports that with a ReachedPoint. */
  | { readonly do: 'arm'; readonly strike: ArmedStrike }
  /** Lets the held request continue. */
  | { readonly do: 'resume' }
  /** Cancels `arm`, and lets the held request continue. */
  | { readonly do: 'disarm' }
  /** Reports with an EnteredSection when a section of the stream begins. */
  | { readonly do: 'watch'; readonly stream: string }
  /** Moves the clock by this many milliseconds. Answers with the time that it then shows. */
  | { readonly do: 'skew'; readonly ms: number }
  /**
   * Takes a stream's lock and frees it. Answers with when the lock was granted, in nanoseconds since the run's start.
   */
  | { readonly do: 'probe'; readonly stream: string }
  /** Creates streams and export jobs, several at once. An existing one is a success. */
  | {
      readonly do: 'seed';
      readonly range: StreamRange;
      readonly rule: StreamRule;
      readonly atOnce: number;
      readonly exports: readonly string[];
    }
  /** Reports its CPU time now. */
  | { readonly do: 'cpu' }
  /** Answers when no request is in progress any more. */
  | { readonly do: 'idle' }
  /** Pays every intent without a `payout.sent`. Answers with their number. */
  | { readonly do: 'drivePayouts' }
  /**
   * Finishes every remaining export job. Those of lost workers are finished after the longest lease, in milliseconds.
   */
  | { readonly do: 'drainExports'; readonly longestLeaseMs: number }
  /** Reads everything through a fresh instance into `path`. */
  | {
      readonly do: 'audit';
      readonly reader: Audit['reader'];
      readonly path: string;
      /** In a move: reads through this side only. */
      readonly side?: Side;
    }
  /**
   * Repeatedly tries writes on both sides of a move, to see which writers each side accepts, and records the results in
   * `path`, until `stopProbing`.
   */
  | { readonly do: 'probeSides'; readonly path: string; readonly epoch: string; readonly everyMs: number }
  | { readonly do: 'stopProbing' }
  /** Asks which side of a move decides. Answers with SidesDeciding. */
  | { readonly do: 'decides' }
  /** Calls a member of the surface `migration`. Answers with its result. */
  | { readonly do: 'migrate'; readonly member: keyof Migration; readonly args: readonly Json[] }
  /** Drains and closes. Answers with ServiceClosed. */
  | { readonly do: 'close' };

/** What each side of a move says about itself. Null: it does not say. */
export type SidesDeciding = Readonly<Record<Side, boolean | null>>;

export interface ServiceOpened {
  readonly pid: number;
  readonly surfaces: readonly Surface[];
}

export interface ServiceStarted {
  readonly port: number;
}

/** What happened besides the calls and is not in a journal. */
export type ServiceClosed = readonly Omit<BesideEntry, 'where'>[];

export interface DrivenService {
  readonly service: number;
  readonly port: number;
  /** The secret that requests must contain. It is only sent over this channel. */
  readonly token: string;
}

/** Everything that a driver needs to know. */
export interface DriveCommand {
  readonly do: 'drive';
  /** The number of this driver, from 0. */
  readonly driver: number;
  readonly drivers: number;
  readonly services: readonly DrivenService[];
  readonly mix: MixName;
  readonly workload: Workload;
  readonly seed: number;
  /** The number of requests planned for all drivers together, by which the plan is scaled. */
  readonly operations: number;
  /** The number of requests planned for this driver. Null: until the time is over. */
  readonly share: number | null;
  readonly durationMs: number | null;
  /** The number of streams at the beginning. The command `provide` announces further ones. */
  readonly streams: number;
  /** The number of this driver's connections. */
  readonly connections: number;
  /** Open loop: the requests per second of this driver. */
  readonly rate: number | null;
  /** Whether the load begins as a closed loop and `pace` sets the rate later. */
  readonly isStepped: boolean;
  /** How long to wait for an answer, in milliseconds. */
  readonly timeoutMs: number;
  /** How long to repeat requests of unknown outcome at least, unless they are answered, in milliseconds. */
  readonly repeatMs: number;
  /** Whether a service that refuses connections will come back. */
  readonly revives: boolean;
  /** The run's start on the monotonic clock, in nanoseconds, as decimal digits. */
  readonly epoch: string;
  readonly history: string;
  /** The ids that the adapter accepts. Null: all. */
  readonly ids: StatedIdRule | null;
}

export type DriverCommand =
  | DriveCommand
  /** Announces that this many streams exist now. */
  | { readonly do: 'provide'; readonly streams: number }
  /** Sets this driver's requests per second from now on. Null: as before. Answers with DriverPaced. */
  | { readonly do: 'pace'; readonly rate: number | null }
  /** Ends the plan. Requests in flight are still awaited. */
  | { readonly do: 'stop' };

export interface DriverPaced {
  /** The progress of the previous schedule. */
  readonly pacing: Pacing;
  /** The number of requests since the load began. */
  readonly answered: number;
  /** The number of first effects among them. */
  readonly effects: number;
}

export interface DriverReport {
  /** The number of planned requests that were sent. */
  readonly operations: number;
  /** The number of HTTP requests, including the pages of scans and repeats of unknown requests. */
  readonly requests: number;
  /** The first request and the last answer, in ns since the run's start. */
  readonly loadFrom: number;
  readonly loadTo: number;
  /** The CPU time of the driver during the load, divided by its duration: 1 is one core. */
  readonly cpuShare: number;
  /** How long the driver waited for streams to be created, in milliseconds. */
  readonly starvedMs: number;
  /** The progress of the last schedule of an open loop. */
  readonly pacing: Pacing;
  /** The delays of all schedules. */
  readonly lag: Lag;
  /** The number of requests whose outcome stayed unknown. */
  readonly unsettled: number;
  /** The services that no longer accept connections. */
  readonly lost: readonly number[];
}

export interface DriverProgress {
  readonly operations: number;
}

/** Reports that the plan needs this many streams by now. */
export interface StreamNeed {
  readonly streams: number;
}

/** Sent without being asked, by a process that can no longer write its evidence: which file, and why. */
export interface Unwritten {
  readonly unwritten: string;
}

/** Sent without being asked, a few times per second. */
export interface CpuTold {
  readonly cpu: CpuReading;
}

export type ServiceEvent = StrikerEvent | Unwritten | CpuTold;
export type DriverEvent = DriverProgress | StreamNeed | Unwritten | CpuTold;
