/**
 * The public API for loads: one load, its evidence, and the errors of both. `lockstep judge FOLDER` judges the evidence that
 * {@link runLoad} leaves in its folder. `lockstep/suites` registers the clauses as tests.
 */
export type { Evidence } from './evidence.ts';
export { MIXES, readEvidence, runLoad, type LoadOutcome, type MixName } from './load/index.ts';
export type { LoadOptions, LoadProgress } from './load/run/options.ts';
export { hasCode, LockstepError, type LockstepErrorCode } from './lockstepError.ts';
