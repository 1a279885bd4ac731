/** The mutants that a drill must catch: mutants of the migration, or of the storages on both sides. */
export interface Drilled {
  readonly name: string;
  readonly of: 'move' | 'sides';
  readonly from: Side;
  readonly to: Side;
}

type Side = 'memory' | 'postgres';

/** Storages in memory cannot refuse connections, so a drill between two of them has fewer faults. */
export const REFERENCES: readonly Drilled[] = [
  ...moves('memory', 'memory', ['reference']),
  ...moves('memory', 'postgres', ['reference']),
];

/** Runs in memory where that is enough. A storage in memory cannot have a proxy in front of it. */
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
