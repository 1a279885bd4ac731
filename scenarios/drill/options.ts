/** The options of a drill. */
import { LockstepError } from '../lockstepError.ts';
import type { TargetReference } from '../host/index.ts';
import type { LoadProgress } from '../load/run/options.ts';
import type { OnPhase } from '../phase.ts';

export interface DrillOptions {
  readonly source: TargetReference;
  readonly target: TargetReference;
  /** The module that makes one target of both sides, see TargetReference. */
  readonly move: Pick<TargetReference, 'spec' | 'url'>;
  /** `embedded`, `docker`, `docker:IMAGE` or a connection URL, for targets on PostgreSQL. */
  readonly pg: string;
  readonly seed: number;
  /** How long each step lasts at least, in milliseconds. Default 4000. */
  readonly stepMs?: number;
  /** Whether anything is struck. Default true. */
  readonly strikes?: boolean;
  /** How often each hand-over step moves the authority: an odd number. Default 1. */
  readonly handOvers?: number;
  /** How long a side is in trouble, in milliseconds. Default: half a step, and at least 1500. */
  readonly troubleMs?: number;
  /** How long a step that is refused is tried again, in milliseconds. Default 300,000. */
  readonly patienceMs?: number;
  /** The folder for the evidence. It is created if it is missing, and refused if it contains evidence. */
  readonly out: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly onNote?: (note: string) => void;
  readonly onPhase?: OnPhase;
  /** Called when a step begins. */
  readonly onStep?: (step: { readonly name: string; readonly number: number; readonly of: number }) => void;
}

export const DEFAULT_STEP_MS = 4000;
export const DEFAULT_PATIENCE_MS = 300_000;
const MIN_STEP_MS = 100;
const MAX_STEP_MS = 600_000;

/** Throws USAGE for options out of range. */
export function requireDrill({ stepMs = DEFAULT_STEP_MS, handOvers = 1 }: DrillOptions): void {
  if (!(stepMs >= MIN_STEP_MS && stepMs <= MAX_STEP_MS))
    throw new LockstepError('USAGE', `Expected steps of ${MIN_STEP_MS} to ${MAX_STEP_MS} ms, got ${stepMs}.`);
  if (!(Number.isSafeInteger(handOvers) && handOvers % 2 === 1 && handOvers > 0))
    throw new LockstepError('USAGE', `Expected an odd number of hand overs in a step, got ${handOvers}.`);
}
