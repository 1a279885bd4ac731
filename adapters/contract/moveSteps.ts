/** The words for a move from one storage to another as an operator takes it: its steps, gates and outcomes. */

/** In their order. */
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

/** What of a move can be taken back, in the order in which it was done. The other steps change nothing that anybody sees. */
export const UNDOABLE = ['bridged', 'dual', 'reads', 'hand-over'] as const;
export type Undoable = (typeof UNDOABLE)[number];

/** What must be so before a step is taken. */
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
  /** These two the storages keep themselves, and say why they refuse. */
  'lifetimes',
  'storages',
] as const;
export type GateName = (typeof GATE_NAMES)[number];

/**
 * What came of a step.
 * - `done`: it was taken, or taken back.
 * - `unneeded`: it was done already, or there was nothing to take back. Nothing was changed.
 * - `refused`: a gate did not pass, or the storages refused it: nothing was changed, or it stopped half-way, at a place from
 *   which it can be gone on with and taken back.
 * - `stopped`: it was asked to. The same step goes on.
 */
export const OUTCOMES = ['done', 'unneeded', 'refused', 'stopped'] as const;
export type Outcome = (typeof OUTCOMES)[number];
