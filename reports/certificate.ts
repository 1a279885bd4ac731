/** The machine-readable result of certifying one adapter version: what two machines compare. */
import {
  findClause,
  type Capabilities,
  type Json,
  type Level,
  type Surface,
} from '../adapters/contract/index.ts';
import type { ClauseStatus, Verdict } from '../suites/result.ts';
import type { Certification, RunEnvironment, RunResult } from './model.ts';

export const CERTIFICATE_VERSION = 1;

export interface Certificate {
  readonly certificateVersion: typeof CERTIFICATE_VERSION;
  readonly adapter: { readonly name: string; readonly version: string };
  readonly contractVersion: number;
  readonly lockstepVersion: string;
  /** null: none was reached. */
  readonly level: Level | null;
  readonly requestedLevel: Level;
  readonly verdict: Verdict;
  /** Whether the run ended before every clause was decided; such a certificate has no level. */
  readonly partial: boolean;
  readonly surfaces: readonly Surface[];
  readonly capabilities: Capabilities;
  readonly seed: number;
  /** Programs a clause. */
  readonly runs: number;
  readonly processes: number;
  readonly environment: RunEnvironment;
  readonly storage: Json;
  readonly issuedAt: string;
  readonly clauses: readonly CertifiedClause[];
}

export interface CertifiedClause {
  readonly id: string;
  /** null: a clause that this version of lockstep does not know. */
  readonly level: Level | null;
  readonly status: ClauseStatus;
  readonly reason?: string;
  readonly runs: number;
  /** Distinct orders explored in scheduled runs. */
  readonly orders: number;
  readonly processes: number;
  readonly instances: number;
}

export function certificateOf(run: RunResult, certification: Certification): Certificate {
  const { target } = certification;
  const partial = certification.partial === true;
  return {
    certificateVersion: CERTIFICATE_VERSION,
    adapter: { name: target.name, version: target.version },
    contractVersion: run.contractVersion,
    lockstepVersion: run.lockstepVersion,
    level: partial ? null : certification.level,
    requestedLevel: certification.requestedLevel,
    verdict: certification.verdict,
    partial,
    surfaces: target.surfaces,
    capabilities: target.capabilities,
    seed: run.seed,
    runs: certification.runs,
    processes: certification.processes,
    environment: run.environment,
    storage: target.storage,
    issuedAt: run.finishedAt ?? run.startedAt,
    clauses: certification.clauses.map((clause) => ({
      id: clause.clause,
      level: findClause(clause.clause)?.level ?? null,
      status: clause.status,
      ...(clause.reason === undefined ? {} : { reason: clause.reason }),
      runs: clause.runs,
      orders: clause.orders,
      processes: clause.processes,
      instances: clause.instances,
    })),
  };
}

/** The certificates of a run, one for each certified target, as a JSON array. */
export function renderCertificates(run: RunResult): string {
  const certificates = run.certifications.map((certification) => certificateOf(run, certification));
  return `${JSON.stringify(certificates, null, 2)}\n`;
}
