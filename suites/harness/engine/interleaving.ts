/** The orders in which the steps of a trial's actors may run. */
import { enumerateChoices } from '../../../scenarios/host/language/orders.ts';
import type { Trial } from './property.ts';

/** How long unfinished steps of a trial are waited for, unless the trial says otherwise. */
export const DEFAULT_PATIENCE_MS = 5_000;

/** Programs with at most this many orders may run in all of them. */
export const MAX_ORDERS = 24;

/** How the steps of a trial's actors are interleaved. */
export type Interleaving =
  | { readonly mode: 'free' }
  | { readonly mode: 'scheduled'; readonly choices: readonly number[] };

/** All interleavings of a trial, if there are at most `bound`. Undefined: there are more. */
export function everyInterleaving(trial: Trial, bound: number): Interleaving[] | undefined {
  if (trial.order !== undefined) return undefined;
  const program = { actors: trial.actors, patienceMs: trial.patienceMs ?? DEFAULT_PATIENCE_MS };
  return enumerateChoices(program, bound)?.map((choices) => ({ mode: 'scheduled', choices }));
}
