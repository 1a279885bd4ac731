/** What `lockstep.config.ts` holds, exported as `lockstep/config`. */
import type { Level } from '../../adapters/contract/index.ts';
import type { FaultName } from '../../scenarios/faults/catalog.ts';
import type { MixName } from '../../scenarios/load/mixes/index.ts';
import type { ReporterName } from '../session/reporters.ts';

/** Seconds, or a text like `90s`, `5m` or `1h`. */
export type Time = number | string;

/** Settings of `lockstep certify`, named as its options are. Where one is absent the option's default holds. */
export interface CertifyConfig {
  readonly level?: Level;
  /** Clause ids and groups. */
  readonly only?: readonly string[];
  /** Generated programs per clause. */
  readonly runs?: number;
  readonly seed?: number;
  /** For clauses across processes. */
  readonly processes?: number;
  /** For the programs of one clause. */
  readonly budget?: Time;
  /** For everything. */
  readonly timeout?: Time;
  readonly inProcess?: boolean;
  /** A file, from the working directory. */
  readonly baseline?: string;
  /** A file, from the working directory. */
  readonly proof?: string;
  readonly strict?: boolean;
  readonly timings?: boolean;
  readonly shrink?: boolean;
  /** A folder, from the working directory. */
  readonly out?: string;
  readonly allowFaultsOnServer?: boolean;
  readonly reporter?: readonly ReporterName[];
}

/** Settings of `lockstep load`, named as its options are. Where one is absent the option's default holds. */
export interface LoadConfig {
  readonly mix?: MixName;
  /** Service processes. */
  readonly processes?: number;
  readonly drivers?: number;
  readonly connections?: number;
  /** Of the load; not with `operations`. */
  readonly duration?: Time;
  /** Requests per second, or `auto`. */
  readonly rate?: number | 'auto';
  readonly warmup?: Time;
  readonly operations?: number;
  /** Not with `operations`. */
  readonly fault?: readonly FaultName[];
  readonly strikes?: number;
  /** For everything. */
  readonly timeout?: Time;
  readonly seed?: number;
  /** A folder, from the working directory. */
  readonly out?: string;
  readonly allowFaultsOnServer?: boolean;
  readonly threshold?: readonly string[];
  /** A folder, from the working directory. */
  readonly history?: string;
  readonly reporter?: readonly ReporterName[];
}

export interface LockstepConfig {
  /** What `certify`, `load` and `stress` take when they are given no target: paths of modules, or bundled names. */
  readonly target?: string | readonly string[];
  /** `embedded`, `docker`, `docker:IMAGE` or a URL. `LOCKSTEP_PG` and `--pg` win over it. */
  readonly pg?: string;
  readonly certify?: CertifyConfig;
  readonly load?: LoadConfig;
}

/**
 * Adds types to the default export of `lockstep.config.ts`, and nothing else.
 *
 * @example
 * ```ts
 * import { defineConfig } from 'lockstep/config';
 *
 * export default defineConfig({ target: './target.ts', certify: { runs: 200, baseline: 'known-failures.json' } });
 * ```
 */
export function defineConfig(config: LockstepConfig): LockstepConfig {
  return config;
}
