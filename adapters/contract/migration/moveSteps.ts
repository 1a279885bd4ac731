/** The steps, gates and outcomes of a move from one storage to another, as an operator sees them. */

/** The steps, in order. */
export const STEP_NAMES = [
  'schema',
  'begin',
  'bridged',
  'dual',
  'backfill',
  'compare',
  'rehearse',
  'reads',
  'hand-over',
  'finish',
] as const;
export type StepName = (typeof STEP_NAMES)[number];

/** The steps that can be rolled back, in the order in which they are done. The other steps change nothing that users see. */
export const UNDOABLE = ['bridged', 'dual', 'reads', 'hand-over'] as const;
export type Undoable = (typeof UNDOABLE)[number];

/** The checks that must pass before a step is done. */
export const GATE_NAMES = [
  'order',
  'sides',
  'schema',
  'empty',
  'fleet',
  'sections',
  'debts',
  'comparison',
  'way-back',
  /** The storages themselves enforce these two, and say why they refuse. */
  'lifetimes',
  'storages',
] as const;
export type GateName = (typeof GATE_NAMES)[number];

/**
 * The outcome of a step.
 * - `done`: the step was done, or rolled back.
 * - `unneeded`: the step was done already, or there was nothing to roll back. Nothing was changed.
 * - `refused`: a gate did not pass, or the storages refused the step. Either nothing was changed, or the step stopped
 *   halfway, at a point from which it can be continued or rolled back.
 * - `stopped`: the operator stopped the step. Running it again continues it.
 */
export const OUTCOMES = ['done', 'unneeded', 'refused', 'stopped'] as const;
export type Outcome = (typeof OUTCOMES)[number];
