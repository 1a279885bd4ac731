/** The content of `lockstep.config.ts`. The package exports this as `lockstep/config`. */
import type { Level } from '../../adapters/contract/index.ts';
import type { FaultName } from '../../scenarios/faults/catalog.ts';
import type { MixName } from '../../scenarios/load/mixes/index.ts';
import type { ReporterName } from '../session/reporters.ts';

/** Seconds, or a text like `90s`, `5m` or `1h`. */
export type Time = number | string;

/** Settings of `lockstep certify`, with the names of its options. If one is absent, the option's default applies. */
export interface CertifyConfig {
  readonly level?: Level;
  /** Ids or groups of clauses. */
  readonly only?: readonly string[];
  /** The number of generated programs per clause. */
  readonly runs?: number;
  readonly seed?: number;
  /** The number of processes for clauses across processes. */
  readonly processes?: number;
  /** The time for the programs of one clause. */
  readonly budget?: Time;
  /** The time for the whole run. */
  readonly timeout?: Time;
  readonly inProcess?: boolean;
  /** The path of a file, relative to the working directory. */
  readonly baseline?: string;
  /** The path of a file, relative to the working directory. */
  readonly proof?: string;
  readonly strict?: boolean;
  readonly timings?: boolean;
  readonly shrink?: boolean;
  /** The path of a folder, relative to the working directory. */
  readonly out?: string;
  readonly allowFaultsOnServer?: boolean;
  readonly reporter?: readonly ReporterName[];
}

/** Settings of `lockstep load`, with the names of its options. If one is absent, the option's default applies. */
export interface LoadConfig {
  readonly mix?: MixName;
  /** The number of service processes. */
  readonly processes?: number;
  readonly drivers?: number;
  readonly connections?: number;
  /** The duration of the load. Cannot be combined with `operations`. */
  readonly duration?: Time;
  /** Requests per second, or `auto`. */
  readonly rate?: number | 'auto';
  readonly warmup?: Time;
  readonly operations?: number;
  /** The faults. Cannot be combined with `operations`. */
  readonly fault?: readonly FaultName[];
  readonly strikes?: number;
  /** The time for the whole run. */
  readonly timeout?: Time;
  readonly seed?: number;
  /** The path of a folder, relative to the working directory. */
  readonly out?: string;
  readonly allowFaultsOnServer?: boolean;
  readonly threshold?: readonly string[];
  /** The path of a folder, relative to the working directory. */
  readonly history?: string;
  readonly reporter?: readonly ReporterName[];
}

export interface LockstepConfig {
  /**
   * The targets that `certify`, `load` and `stress` use if none is given: paths of modules, or names of bundled
   * targets.
   */
  readonly target?: string | readonly string[];
  /** `embedded`, `docker`, `docker:IMAGE` or a URL. `LOCKSTEP_PG` and `--pg` take precedence. */
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
