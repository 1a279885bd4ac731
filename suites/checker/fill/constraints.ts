/**
 * Derives constraints on the order of versions from answers that show a revision, whoever made the unclaimed revisions.
 * Pure.
 */
import type { StreamModel, StreamState } from '../../models/stream.ts';
import type { EffectOperation, ObservationOperation, StreamOperation } from '../versionOrder.ts';

/** `operation` made or saw `revision`, which contradicts `other`. */
export interface Contradiction {
  readonly problem: 'repeat' | 'order' | 'stale' | 'gap';
  readonly operation: StreamOperation;
  readonly other?: StreamOperation;
  readonly revision: number;
}

/** The amounts that must have been released and withdrawn by then. */
export interface Amounts {
  readonly released: bigint;
  readonly withdrawn: bigint;
}

export interface Constraints {
  /** The last revision that an answer shows. */
  readonly last: number;
  /** The number of unclaimed revisions up to there. */
  readonly missing: number;
  readonly effects: ReadonlyMap<number, EffectOperation>;
  readonly seen: ReadonlyMap<number, readonly ObservationOperation[]>;
  /** Observations that do not show their revision. */
  readonly unplaced: number;
  /**
   * The earliest return of any operation that made or saw `revision` or a later one. Whoever made it was called by
   * then.
   */
  deadline(revision: number): number;
  /** The first operation that made or saw that revision or a later one. */
  firstFrom(revision: number): StreamOperation | undefined;
  /** What had been released and withdrawn at that revision. Undefined: no answer shows it. */
  amountsAt(revision: number): Amounts | undefined;
  /** The most that can have been released and withdrawn at that revision. Undefined: amounts may decrease. */
  mostAt(revision: number): Amounts | undefined;
}

/** A contradiction is final, whatever operations of unknown outcome did. `spare`: the number of these. */
export function constraintsOf(
  model: StreamModel,
  initial: StreamState,
  known: readonly StreamOperation[],
  spare: number,
): Constraints | Contradiction {
  const effects = new Map<number, EffectOperation>();
  const seen = new Map<number, ObservationOperation[]>();
  let unplaced = 0;
  let last = initial.revision;
  let highest: StreamOperation | undefined;
  for (const operation of known) {
    const revision = revisionOf(operation);
    if (operation.kind === 'absent') return { problem: 'stale', operation, revision: initial.revision };
    if (revision === undefined) {
      unplaced += 1;
      continue;
    }
    if (operation.kind === 'effect') {
      const other = effects.get(revision);
      if (revision <= initial.revision || other !== undefined)
        return { problem: 'repeat', operation, revision, ...(other === undefined ? {} : { other }) };
      effects.set(revision, operation);
    } else {
      if (revision < initial.revision) return { problem: 'stale', operation, revision };
      const others = seen.get(revision);
      if (others === undefined) seen.set(revision, [operation]);
      else others.push(operation);
    }
    if (revision > last) {
      last = revision;
      highest = operation;
    }
  }
  const missing = last - initial.revision - effects.size;
  if (highest !== undefined && missing > spare)
    return { problem: 'gap', operation: highest, revision: firstMissing(initial, effects) };
  const { deadlines, contradiction } = deadlinesOf(initial, known, last);
  if (contradiction !== undefined) return contradiction;
  const base = initial.revision;
  const first: (StreamOperation | undefined)[] = Array.from({ length: last - base + 1 });
  for (let revision = last; revision >= base; revision -= 1)
    first[revision - base] = effects.get(revision) ?? seen.get(revision)?.[0] ?? first[revision - base + 1];
  const amountsAt = (revision: number): Amounts | undefined => amounts(model, { effects, seen }, revision);
  const most = growsOnly(initial) ? mostOf(base, last, amountsAt) : undefined;
  return {
    last,
    missing,
    effects,
    seen,
    unplaced,
    deadline: (revision) => deadlines[revision - base] ?? Infinity,
    firstFrom: (revision) => first[revision - base],
    amountsAt,
    mostAt: (revision) => most?.[revision - base],
  };
}

function revisionOf(operation: StreamOperation): number | undefined {
  return operation.kind === 'effect' ? operation.revision : operation.shown.revision;
}

function firstMissing(initial: StreamState, effects: ReadonlyMap<number, unknown>): number {
  let revision = initial.revision + 1;
  while (effects.has(revision)) revision += 1;
  return revision;
}

/**
 * The deadlines by revision, beginning with the initial one; and the first operation that was called too late for what
 * it made or saw.
 */
function deadlinesOf(
  initial: StreamState,
  known: readonly StreamOperation[],
  last: number,
): { readonly deadlines: Float64Array; readonly contradiction: Contradiction | undefined } {
  const base = initial.revision;
  const deadlines = new Float64Array(last - base + 2).fill(Infinity);
  const setters: (StreamOperation | undefined)[] = Array.from({ length: deadlines.length });
  for (const operation of known) {
    const at = (revisionOf(operation) ?? Number.NaN) - base;
    if (!(operation.return < (deadlines[at] ?? -Infinity))) continue;
    deadlines[at] = operation.return;
    setters[at] = operation;
  }
  for (let at = deadlines.length - 2; at >= 0; at -= 1) {
    if ((deadlines[at + 1] as number) >= (deadlines[at] as number)) continue;
    deadlines[at] = deadlines[at + 1] as number;
    setters[at] = setters[at + 1];
  }
  for (const operation of known) {
    const revision = revisionOf(operation);
    if (revision === undefined) continue;
    const isEffect = operation.kind === 'effect';
    // An observer of a revision may have come before the operation that made the next one.
    const at = revision - base + (isEffect ? 0 : 1);
    if (operation.call <= (deadlines[at] as number)) continue;
    const other = setters[at];
    const problem = isEffect ? 'order' : 'stale';
    const contradiction = {
      problem,
      operation,
      revision,
      ...(other === undefined ? {} : { other }),
    } as const;
    return { deadlines, contradiction };
  }
  return { deadlines, contradiction: undefined };
}

/** What had been released and withdrawn at `revision` according to the answers. */
function amounts(
  model: StreamModel,
  { effects, seen }: Pick<Constraints, 'effects' | 'seen'>,
  revision: number,
): Amounts | undefined {
  for (const { shown } of [effects.get(revision), ...(seen.get(revision) ?? [])].flatMap(
    (one) => one ?? [],
  )) {
    const { released, withdrawn } = shown ?? {};
    if (released !== undefined && withdrawn !== undefined) return { released, withdrawn };
  }
  const next = effects.get(revision + 1);
  const { released, withdrawn } = next?.shown ?? {};
  if (next === undefined || released === undefined || withdrawn === undefined) return undefined;
  // A lifecycle operation moves everything, so its answer does not show the state before it.
  if (model.name !== 'stream-balance') return undefined;
  const { f, amount = 0n } = next.input;
  return {
    released: f === 'settle' ? released - amount : released,
    withdrawn: f === 'withdraw' ? withdrawn - amount : withdrawn,
  };
}

/** Whether amounts only grow, in both models, for a stream with this initial state. */
function growsOnly({ total, released, withdrawn }: StreamState): boolean {
  return withdrawn >= 0n && withdrawn <= released && released <= total;
}

function mostOf(
  base: number,
  last: number,
  amountsAt: (revision: number) => Amounts | undefined,
): (Amounts | undefined)[] {
  const most: (Amounts | undefined)[] = Array.from({ length: last - base + 1 });
  let next: Amounts | undefined;
  for (let revision = last; revision >= base; revision -= 1) {
    const own = amountsAt(revision);
    next = own === undefined ? next : next === undefined ? own : smaller(own, next);
    most[revision - base] = next;
  }
  return most;
}

function smaller(a: Amounts, b: Amounts): Amounts {
  return {
    released: a.released < b.released ? a.released : b.released,
    withdrawn: a.withdrawn < b.withdrawn ? a.withdrawn : b.withdrawn,
  };
}
