/** The command line of a comparison. */
import type { MixName } from '../../scenarios/load/mixes/index.ts';
import type { ReporterName } from '../session/reporters.ts';

export interface DriveFlags {
  readonly mix: MixName;
  readonly processes: number;
  readonly drivers: number;
  readonly connections: number;
  /** Requests per second, in an open loop. */
  readonly rate?: number;
  /** In seconds. */
  readonly warmup?: number;
  /** The number of requests of each run. */
  readonly operations: number;
  readonly rounds: number;
  /** Whether the base runs twice per round. */
  readonly floor: boolean;
  readonly keepEvidence?: true;
  readonly pg: string;
}

export interface CompareFlags extends DriveFlags {
  readonly base?: string;
  readonly gate?: string;
  readonly threshold?: readonly string[];
  /** The path of a folder. */
  readonly history?: string;
  readonly timeout?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly reporter?: readonly ReporterName[];
}
