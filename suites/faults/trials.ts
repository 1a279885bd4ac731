/** Loads under faults that decide clauses which no program of calls can decide. */
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
  /** How often the fault strikes. It strikes at least once at each of its points. */
  readonly strikes: number;
  /** The points at which the fault strikes. Default: all its points. */
  readonly points?: readonly StrikePoint[];
  /** Set if the result depends on where the fault strikes, and not on competition for a stream. */
  readonly uncontended?: true;
  /** The shortest duration of a black hole, in milliseconds. */
  readonly blackholeMs?: number;
  /** Whether the clock of a service that will be killed runs ahead. */
  readonly clockAhead?: true;
}

/** Longer than the bound of a call, so that a call without a bound is noticed. */
const SILENCE_MS = CALL_BOUND_NS / 1e6 + 3000;

export const TRIALS: readonly FaultTrial[] = [
  {
    name: 'killed-holders',
    mix: 'hot-stream',
    fault: 'kill-holder',
    strikes: 4,
    // After these points the section holds nothing any more.
    points: ['read', 'executed', 'commit', 'commit-answer'],
    // Leases of a dead holder expire by the storage's clock.
    clockAhead: true,
    uncontended: true,
  },
  // Requests rarely wait for each other, so at any moment some request is between any two of its steps.
  { name: 'killed-services', mix: 'uniform', fault: 'kill-holder', strikes: 8, uncontended: true },
  { name: 'frozen-holders', mix: 'hot-stream', fault: 'freeze-holder', strikes: 4 },
  { name: 'skewed-clocks', mix: 'hot-stream', fault: 'clock-skew', strikes: 4 },
  // Requests are sent twice: if a token cannot be looked up, the request must not be executed.
  { name: 'ended-sessions', mix: 'duplicate-storm', fault: 'terminate-session', strikes: 3 },
  { name: 'cut-commits', mix: 'hot-stream', fault: 'cut-connection', strikes: 4 },
  { name: 'crashed-storage', mix: 'uniform', fault: 'restart-storage', strikes: 4, uncontended: true },
  {
    name: 'silent-storage',
    mix: 'uniform',
    fault: 'blackhole',
    strikes: 1,
    // The commit is the call that adapters most often forget to bound. The others meet the silence after it.
    points: ['commit'],
    blackholeMs: SILENCE_MS,
    uncontended: true,
  },
];

export function trialOf(name: TrialName): FaultTrial {
  return TRIALS.find((trial) => trial.name === name) as FaultTrial;
}
