/** The mutants that a drill is shown to catch: of the move, or of the storages on both sides. */
export interface Drilled {
  readonly name: string;
  readonly of: 'move' | 'sides';
  readonly from: Side;
  readonly to: Side;
}

type Side = 'memory' | 'postgres';

/** Between memories nothing can refuse, so that a drill of them knows less trouble. */
export const REFERENCES: readonly Drilled[] = [
  ...moves('memory', 'memory', ['reference']),
  ...moves('memory', 'postgres', ['reference']),
];

/** Without a database where that is enough; nothing can be placed in front of a side in memory. */
export const DRILLED: readonly Drilled[] = [
  ...moves('memory', 'memory', [
    'backfill-cuts-time',
    'backfill-ignores-stale',
    'backfill-of-one-child',
    'hand-over-told',
    'no-copies-back',
  ]),
  ...sides('memory', ['unmarked-after-hand-over']),
  ...sides('postgres', ['role-unjudged']),
  ...moves('memory', 'postgres', ['hand-over-too-early', 'second-write-forgotten']),
  ...moves('postgres', 'postgres', ['new-lock-alone']),
];

function moves(from: Side, to: Side, names: readonly string[]): Drilled[] {
  return names.map((name) => ({ name, of: 'move', from, to }));
}

function sides(both: Side, names: readonly string[]): Drilled[] {
  return names.map((name) => ({ name, of: 'sides', from: both, to: both }));
}
