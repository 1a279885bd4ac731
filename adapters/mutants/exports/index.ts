/** Mutants of export jobs and their audit. */
import type { Mutant } from '../mutant.ts';
import {
  auditCascades,
  auditDoubled,
  auditOutsideTransaction,
  auditOverwritten,
  auditWithoutTieBreak,
} from './audit.ts';
import {
  expiredUrlListed,
  expiredUrlShown,
  failureReasonLost,
  givenExpiryIgnored,
  jobTimeCut,
  listAcrossOwners,
  ownerCaseFolded,
  ownerOnFirstPage,
  ownerPattern,
  ownerPrefix,
  rowsAsText,
  rowsInt4,
  urlExpiryCut,
} from './jobs.ts';
import { liveAudit, liveJobs } from './liveReferences.ts';
import {
  failedOverReady,
  readyBeforeArtefact,
  readyOverExpired,
  transitionChecksLate,
  transitionFromAny,
  transitionUncompared,
} from './transitions.ts';

export const EXPORT_MUTANTS: readonly Mutant[] = [
  auditCascades,
  auditDoubled,
  auditOutsideTransaction,
  auditOverwritten,
  auditWithoutTieBreak,
  expiredUrlListed,
  expiredUrlShown,
  failedOverReady,
  failureReasonLost,
  givenExpiryIgnored,
  jobTimeCut,
  liveAudit,
  liveJobs,
  listAcrossOwners,
  ownerCaseFolded,
  ownerOnFirstPage,
  ownerPattern,
  ownerPrefix,
  readyBeforeArtefact,
  readyOverExpired,
  rowsAsText,
  rowsInt4,
  transitionChecksLate,
  transitionFromAny,
  transitionUncompared,
  urlExpiryCut,
];
