/**
 * What other programs may call: one load, its evidence, and the errors of both. `lockstep judge FOLDER` judges what
 * `runLoad` has left in its folder; the clauses as tests are `lockstep/suites`.
 */
export type { Evidence } from './evidence.ts';
export { MIXES, readEvidence, runLoad, type LoadOutcome, type MixName } from './load/index.ts';
export type { LoadOptions, LoadProgress } from './load/run/options.ts';
export { hasCode, LockstepError, type LockstepErrorCode } from './lockstepError.ts';
