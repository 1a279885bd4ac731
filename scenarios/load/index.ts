/** Loads: settle and withdraw traffic through several processes, which brings back evidence and judges nothing. */
export { MIXES, MIX_NAMES, type Mix, type MixName } from './mixes/index.ts';
export { type LoadOptions, type LoadProgress } from './options.ts';
export { EvidenceError, readEvidence } from './readEvidence.ts';
export { runLoad, type GeneratorReport, type LoadOutcome } from './run.ts';
export { summarizeLoad, type LoadSummary } from './summary.ts';
