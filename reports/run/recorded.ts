/** A run in the form that renderers take. */
import { renderCertificates } from '../renderers/certificate.ts';
import { renderJson } from '../renderers/json.ts';
import type { RunResult } from '../model.ts';
import { RUN_FILES, type Recorded } from '../recorded.ts';
import { runBadge } from './badge.ts';
import { runCases } from './cases.ts';
import { runDocument } from './document.ts';

export function recordedRun(run: RunResult): Recorded {
  return {
    files: RUN_FILES,
    json: renderJson(run),
    document: runDocument(run),
    cases: () => runCases(run),
    exitStatus: run.exitStatus,
    startedAt: run.startedAt,
    properties: {
      lockstep: run.lockstepVersion,
      contract: String(run.contractVersion),
      seed: String(run.seed),
    },
    badge: runBadge(run),
    // A load certifies nothing.
    ...(run.certifications.length === 0 ? {} : { certificates: () => renderCertificates(run) }),
  };
}
