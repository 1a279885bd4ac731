/** Loads under faults by which clauses are decided that no program of calls can decide. */
import type { FaultName } from '../../scenarios/faults/catalog.ts';
import type { StrikePoint } from '../../scenarios/faults/points.ts';
import type { MixName } from '../../scenarios/load/index.ts';
import { CALL_BOUND_NS } from '../judge/rules/liveness.ts';

export const TRIAL_NAMES = [
  'killed-holders',
  'killed-services',
  'frozen-holders',
  'skewed-clocks',
  'ended-sessions',
  'cut-commits',
  'crashed-storage',
  'silent-storage',
] as const;
export type TrialName = (typeof TRIAL_NAMES)[number];

export interface FaultTrial {
  readonly name: TrialName;
  readonly mix: MixName;
  readonly fault: FaultName;
  /** How often it strikes; each point of the fault at least once. */
  readonly strikes: number;
  /** Those at which it strikes. Default: all of the fault. */
  readonly points?: readonly StrikePoint[];
  /** What it shows depends on where the fault strikes, and not on who fights for a stream. */
  readonly uncontended?: true;
  /** How long a black hole lasts at least, in milliseconds. */
  readonly blackholeMs?: number;
  /** Whether the clock of a service that is going to be killed is ahead. */
  readonly clockAhead?: true;
}

/** Past the bound of a call, so that one that has none is seen. */
const SILENCE_MS = CALL_BOUND_NS / 1e6 + 3000;

export const TRIALS: readonly FaultTrial[] = [
  {
    name: 'killed-holders',
    mix: 'hot-stream',
    fault: 'kill-holder',
    strikes: 4,
    // Afterwards nothing is held any more.
    points: ['read', 'executed', 'commit', 'commit-answer'],
    // What a dead holder leaves ends by the clock of the storage.
    clockAhead: true,
    uncontended: true,
  },
  // Few wait for one another, so that at any moment somebody is between any two steps of his request.
  { name: 'killed-services', mix: 'uniform', fault: 'kill-holder', strikes: 8, uncontended: true },
  { name: 'frozen-holders', mix: 'hot-stream', fault: 'freeze-holder', strikes: 4 },
  { name: 'skewed-clocks', mix: 'hot-stream', fault: 'clock-skew', strikes: 4 },
  // Requests come twice: what cannot be looked up must not be executed.
  { name: 'ended-sessions', mix: 'duplicate-storm', fault: 'terminate-session', strikes: 3 },
  { name: 'cut-commits', mix: 'hot-stream', fault: 'cut-connection', strikes: 4 },
  { name: 'crashed-storage', mix: 'uniform', fault: 'restart-storage', strikes: 4, uncontended: true },
  {
    name: 'silent-storage',
    mix: 'uniform',
    fault: 'blackhole',
    strikes: 1,
    // The commit is the last that an adapter gives a bound; all the others meet the silence after it.
    points: ['commit'],
    blackholeMs: SILENCE_MS,
    uncontended: true,
  },
];

export function trialOf(name: TrialName): FaultTrial {
  return TRIALS.find((trial) => trial.name === name) as FaultTrial;
}
