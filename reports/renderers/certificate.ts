/**
 * The machine-readable result of certifying one version of an adapter. Certificates are compared by their claims. A
 * claim contains no time, no place and no count that differs from run to run, and its keys are ordered, so equal claims
 * have equal texts and digests. Everything else is under `circumstances`.
 */
import { createHash } from 'node:crypto';
import {
  DEFAULT_CAPABILITIES,
  SURFACES,
  type Capabilities,
  type CapabilityName,
  type Json,
  type Level,
  type StatedIdRule,
  type Surface,
} from '../../adapters/contract/index.ts';
import { defined } from '../../adapters/contract/defined.ts';
import type { LevelStatuses } from '../../suites/level.ts';
import type { ClauseResult, ClauseStatus, Verdict } from '../../suites/result.ts';
import type { Certification, RunEnvironment, RunResult } from '../model.ts';
import type { Renderer } from './renderer.ts';

export const CERTIFICATE_VERSION = 1;

export interface Certificate {
  readonly certificateVersion: typeof CERTIFICATE_VERSION;
  /** `sha256:` and the hex hash of the claim, as JSON without spaces. */
  readonly digest: string;
  readonly claim: CertificateClaim;
  readonly circumstances: Circumstances;
}

export interface CertificateClaim {
  /**
   * `contentHash`: the hash of the target's module and of the local files that it imports. Null: it could not be
   * computed.
   */
  readonly adapter: { readonly name: string; readonly version: string; readonly contentHash: string | null };
  readonly contractVersion: number;
  readonly lockstepVersion: string;
  /** The build of the suites, and how many seeded bugs they were shown to catch. Null: no proof was given. */
  readonly suites: Certification['suites'];
  /** Null: no level was reached. */
  readonly level: Level | null;
  readonly levels: LevelStatuses;
  readonly requestedLevel: Level;
  /** Capabilities that the adapter declares and that the machine could not verify. */
  readonly unverified: readonly CapabilityName[];
  readonly verdict: Verdict;
  /** Whether clauses are missing, because the run was interrupted or is a single shard. Then there is no level. */
  readonly partial: boolean;
  readonly surfaces: readonly Surface[];
  readonly capabilities: Capabilities;
  /** The ids that the adapter accepts; the claim only covers these. Absent: it does not limit them. */
  readonly ids?: StatedIdRule;
  readonly seed: number;
  /** The number of programs per clause, their budget in milliseconds, and the number of processes. */
  readonly runs: number;
  readonly budgetMs: number;
  readonly processes: number;
  /** Whether a single process only simulated these processes. */
  readonly inProcess: boolean;
  /** In the order of the contract. */
  readonly clauses: Readonly<Record<string, ClauseStatus>>;
}

export interface Circumstances {
  readonly issuedAt: string;
  /** The machine. For joined shards, one per shard. */
  readonly environments: readonly RunEnvironment[];
  /** Versions and settings of the storage. */
  readonly storage: Json;
  readonly clauses: readonly ClauseCircumstances[];
}

export interface ClauseCircumstances {
  readonly id: string;
  readonly reason?: string;
  readonly runs: number;
  /** How many runs could have violated the clause. */
  readonly exercised: number;
  /** The number of different orders in scheduled runs. */
  readonly orders: number;
  /** The situations that must occur for an ok to count, and the number of runs in which each did. */
  readonly situations?: ClauseResult['situations'];
  readonly processes: number;
  readonly instances: number;
}

export function certificateOf(run: RunResult, certification: Certification): Certificate {
  const claim = claimOf(run, certification);
  return {
    certificateVersion: CERTIFICATE_VERSION,
    digest: `sha256:${createHash('sha256').update(JSON.stringify(claim)).digest('hex')}`,
    claim,
    circumstances: {
      issuedAt: run.finishedAt ?? run.startedAt,
      environments: run.shards?.map(({ environment }) => environment) ?? [run.environment],
      storage: certification.target.storage,
      clauses: certification.clauses.map(
        ({ clause, reason, runs, exercised, orders, situations, processes, instances }) => ({
          id: clause,
          ...defined({ reason }),
          runs,
          exercised,
          orders,
          ...defined({ situations }),
          processes,
          instances,
        }),
      ),
    },
  };
}

function claimOf(run: RunResult, certification: Certification): CertificateClaim {
  const { target, contentHash, suites, levels, requestedLevel, unverified, verdict } = certification;
  const { name, version, surfaces, capabilities, ids } = target;
  const parts = run.shards?.[0]?.of ?? 1;
  const partial = certification.partial === true || (run.shards?.length ?? 1) < parts;
  const { runs, budgetMs, processes, inProcess } = certification;
  return {
    adapter: { name, version, contentHash },
    contractVersion: run.contractVersion,
    lockstepVersion: run.lockstepVersion,
    suites,
    level: partial ? null : certification.level,
    levels,
    requestedLevel,
    unverified,
    verdict,
    partial,
    surfaces: SURFACES.filter((surface) => surfaces.includes(surface)),
    capabilities: inOrder(capabilities),
    ...defined({ ids: ids && { pattern: ids.pattern, flags: ids.flags, example: ids.example } }),
    seed: run.seed,
    runs,
    budgetMs,
    processes,
    inProcess,
    clauses: Object.fromEntries(certification.clauses.map(({ clause, status }) => [clause, status])),
  };
}

function inOrder(capabilities: Capabilities): Capabilities {
  const names = Object.keys(DEFAULT_CAPABILITIES) as CapabilityName[];
  return Object.fromEntries(names.map((name) => [name, capabilities[name]])) as unknown as Capabilities;
}

/** The certificates of a run as a JSON array, one per certified target. */
export function renderCertificates(run: RunResult): string {
  const certificates = run.certifications.map((certification) => certificateOf(run, certification));
  return `${JSON.stringify(certificates, null, 2)}\n`;
}

const renderer: Renderer = {
  file: () => 'certificates.json',
  contents: 'of `certify`, `merge` and `start`: one certificate per certified target',
  render: ({ certificates }) => certificates?.(),
};
export default renderer;
