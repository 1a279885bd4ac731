/** Writes the description of a load's evidence, at its start and at its end. */
import { availableParallelism } from 'node:os';
import { DEFAULT_CAPABILITIES, idOfRule, type Json, type Surface } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import {
  EVIDENCE_VERSION,
  type BesideEntry,
  type EvidenceFile,
  type EvidenceHeader,
} from '../../evidence.ts';
import type { Power } from '../../evidence/model/power.ts';
import type { DriverReport } from './control.ts';
import { writeDescription } from '../../evidence/description.ts';
import { underFaults } from '../../faults/strikes/faulted.ts';
import type { Measured } from '../measuring/measured.ts';
import type { LostService } from './fleet.ts';
import type { Hosting } from './hosting.ts';
import { minimumPower } from '../mixes/minimums.ts';
import { mayBeStruck, type ResolvedLoad } from './options.ts';
import { seededStreams } from './streams.ts';

/** What a run has learned so far, for the header. */
export interface Knowledge {
  readonly startedAt: string;
  hosting?: Hosting;
  surfaces: readonly Surface[];
  services: number;
  /** The number of streams that were created before and during the load. */
  streams: number;
  provided: number;
  exports: readonly string[];
  reports: readonly DriverReport[];
  lost: readonly LostService[];
  readonly beside: BesideEntry[];
  interrupted: string | undefined;
  storageFailure: string | undefined;
  /** Which file of the evidence could not be written, and why. */
  unwritten?: string;
  measured?: Measured | undefined;
  /** When the drivers had ended, in case they did not report it. */
  loadTo: number;
}

/** Writes the description with what is known so far, and returns it. `files` is empty while the load is running. */
export function writeHeader(
  options: ResolvedLoad,
  known: Knowledge,
  files: readonly EvidenceFile[],
): EvidenceHeader {
  const {
    mixture,
    workload,
    mix,
    seed,
    services,
    drivers,
    connections,
    operations,
    durationMs,
    rate,
    warmupMs,
  } = options;
  const faults = faultsOf(options);
  const { handOvers = [] } = options.course ?? {};
  const { hosting, reports, interrupted, storageFailure, lost, beside } = known;
  const rule = { workload, statuses: mixture.statuses(workload) };
  const optional = { operations, durationMs, rate, warmupMs };
  const header: EvidenceHeader = {
    version: EVIDENCE_VERSION,
    target: { name: hosting?.name ?? options.target.spec, version: hosting?.version ?? '0.0.0' },
    surfaces: known.surfaces,
    capabilities: hosting?.capabilities ?? DEFAULT_CAPABILITIES,
    workload,
    mix,
    seed,
    services,
    drivers,
    ...(hosting === undefined || hosting.ids === null ? {} : { ids: hosting.ids }),
    seeded: seededStreams(
      { from: 0, to: known.streams + known.provided },
      rule,
      idOfRule(hosting?.ids ?? null),
    ),
    ...(known.provided === 0 ? {} : { provided: { count: known.provided, statuses: rule.statuses } }),
    seededExports: known.exports,
    minimums: minimumsOf(options),
    ...defined({ faults }),
    ...(handOvers.length === 0 ? {} : { handOvers }),
    environment: {
      ...environmentOf(hosting?.environment ?? null),
      node: process.version,
      cores: availableParallelism(),
      ...(lost.length === 0 ? {} : { lostServices: lost.map(({ service, how }) => ({ service, how })) }),
    },
    options: {
      services,
      drivers,
      connections,
      ...(Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as {
        [name: string]: Json;
      }),
    },
    startedAt: known.startedAt,
    loadFrom: reports.length === 0 ? 0 : Math.min(...reports.map((report) => report.loadFrom)),
    loadTo: reports.length === 0 ? known.loadTo : Math.max(...reports.map((report) => report.loadTo)),
    ...defined({ measured: known.measured, interrupted, storageFailure }),
    ...(beside.length === 0 ? {} : { beside }),
    files,
  };
  writeDescription(options.out, header);
  return header;
}

/** How often each fault is to strike. Undefined: no faults were requested. */
function faultsOf({ faults, course }: ResolvedLoad): EvidenceHeader['faults'] {
  if (faults === undefined) return course?.faults;
  return Object.fromEntries(faults.names.map((name) => [name, faults.strikes]));
}

function minimumsOf(options: ResolvedLoad): Power {
  const minimums = minimumPower(options.mixture.minimums, options.services);
  return mayBeStruck(options) ? underFaults(minimums) : minimums;
}

function environmentOf(environment: Json): { readonly [name: string]: Json } {
  if (environment === null) return {};
  if (typeof environment === 'object' && !Array.isArray(environment))
    return environment as { readonly [name: string]: Json };
  return { storage: environment };
}
