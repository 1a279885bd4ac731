/** Loads: settle and withdraw traffic through several processes, which brings back evidence and judges nothing. */
export { MIXES, type MixName } from './mixes/index.ts';
export { readEvidence } from '../evidence/readEvidence.ts';
export { runLoad, type LoadOutcome } from './run/run.ts';
