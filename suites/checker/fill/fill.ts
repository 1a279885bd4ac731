/**
 * Assigns unclaimed revisions to operations of unknown outcome. If every answered effect shows its revision, unknown
 * operations can only have acted at the gaps between these, up to the last revision that was seen. Most gaps have a
 * single candidate, because the answers on both sides show what was moved in between. Pure.
 *
 * The result is exact: all assignments that the answers allow are tried. Among operations with the same request, the
 * order of their calls is as good as any: an earlier one fits wherever a later one does.
 */
import type { StreamModel, StreamState } from '../../models/stream.ts';
import {
  checkVersionOrder,
  explains,
  matches,
  type EffectOperation,
  type StreamOperation,
} from '../versionOrder.ts';
import { constraintsOf, type Constraints, type Contradiction } from './constraints.ts';
import { Pool, type UnknownEffect } from './pool.ts';

export type Filled =
  | { readonly verdict: 'ok'; readonly operations: readonly StreamOperation[] }
  | { readonly verdict: 'illegal'; readonly contradiction: Contradiction | Unfilled }
  /** There are more assignments than were tried. */
  | { readonly verdict: 'undecided' };

/** Whoever made `revision` and earlier ones, the answer of `operation` cannot follow. */
export interface Unfilled {
  readonly problem: 'unfilled';
  readonly operation: StreamOperation;
  readonly other?: StreamOperation;
  readonly revision: number;
}

/** An unclaimed revision, and the attempts to assign it. */
interface Gap {
  readonly revision: number;
  readonly before: StreamState;
  readonly kinds: readonly number[];
  tried: number;
  /** The kind that was reserved for this revision. Undefined: none was. */
  readonly reserved: number | undefined;
}

/** An assigned gap. */
interface Given {
  readonly revision: number;
  readonly kind: number;
  readonly by: UnknownEffect;
}

/** `maxSteps`: the most steps of the model. */
export function fillRevisions(
  model: StreamModel,
  initial: StreamState,
  known: readonly StreamOperation[],
  unknown: readonly UnknownEffect[],
  maxSteps: number,
): Filled {
  const constraints = constraintsOf(model, initial, known, unknown.length);
  if ('problem' in constraints) return { verdict: 'illegal', contradiction: constraints };
  return new Filling(model, initial, known, unknown, constraints, maxSteps).run();
}

class Filling {
  private readonly model: StreamModel;
  private readonly initial: StreamState;
  private readonly known: readonly StreamOperation[];
  private readonly constraints: Constraints;
  private readonly pool: Pool;
  private readonly maxSteps: number;
  private steps = 0;
  /** The reserved kinds, by the only revision that they fit. */
  private readonly reserved = new Map<number, number>();
  private readonly given: Given[] = [];
  private readonly dead = new Set<string>();
  /** The most advanced failure of all assignments: the operation whose answer did not follow. */
  private furthest: Unfilled | undefined;

  constructor(
    model: StreamModel,
    initial: StreamState,
    known: readonly StreamOperation[],
    unknown: readonly UnknownEffect[],
    constraints: Constraints,
    maxSteps: number,
  ) {
    this.model = model;
    this.initial = initial;
    this.known = known;
    this.constraints = constraints;
    this.pool = new Pool(unknown);
    this.maxSteps = maxSteps;
  }

  run(): Filled {
    const gaps: Gap[] = [];
    let state = this.isSeen(this.initial) ? this.forward(this.initial) : undefined;
    if (state !== undefined) this.reserve(state);
    for (;;) {
      if (this.steps > this.maxSteps) return { verdict: 'undecided' };
      if (state !== undefined) {
        const operations = this.finished(state);
        if (operations !== undefined) return { verdict: 'ok', operations };
        const gap = this.gapAfter(state);
        if (gap === undefined) this.takeBack();
        else gaps.push(gap);
      }
      state = undefined;
      const gap = gaps.at(-1);
      if (gap === undefined) return { verdict: 'illegal', contradiction: this.furthest as Unfilled };
      state = this.tryNext(gap);
      if (state === undefined && gap.tried >= gap.kinds.length) this.leave(gaps);
    }
  }

  /** Replays the effects that follow `state`, up to an unclaimed revision. Undefined: an answer does not follow. */
  private forward(from: StreamState): StreamState | undefined {
    let state = from;
    for (;;) {
      const operation = this.constraints.effects.get(state.revision + 1);
      if (operation === undefined) return state;
      this.steps += 1;
      const step = this.model.step(state, operation.input);
      if (step.kind !== 'effect' || !matches(step.state, operation.shown ?? {}))
        return this.fail(operation, state.revision);
      state = step.state;
      if (!this.isSeen(state)) return undefined;
    }
  }

  /** Whether the state explains all observations of its revision. */
  private isSeen(state: StreamState): boolean {
    for (const observation of this.constraints.seen.get(state.revision) ?? []) {
      this.steps += 1;
      if (explains(this.model, state, observation)) continue;
      this.fail(observation, state.revision);
      return false;
    }
    return true;
  }

  private fail(operation: StreamOperation, revision: number): undefined {
    if (this.furthest === undefined || revision >= this.furthest.revision)
      this.furthest = { problem: 'unfilled', operation, revision };
    return undefined;
  }

  /** If the answers on both sides of a revision leave only one kind, it is reserved for that revision. */
  private reserve(start: StreamState): void {
    const { effects, last } = this.constraints;
    for (let revision = start.revision + 1; revision <= last; revision += 1) {
      if (effects.has(revision)) continue;
      const kinds = this.movedAt(revision);
      if (kinds?.length !== 1) continue;
      this.reserved.set(revision, kinds[0] as number);
      this.pool.reserve(kinds[0] as number, 1);
    }
  }

  /** The kinds that move what was moved at that revision. Undefined: the answers do not show it. */
  private movedAt(revision: number): readonly number[] | undefined {
    if (this.model.name !== 'stream-balance') return undefined;
    const [before, after] = [this.constraints.amountsAt(revision - 1), this.constraints.amountsAt(revision)];
    if (before === undefined || after === undefined) return undefined;
    return this.pool.moving(after.released - before.released, after.withdrawn - before.withdrawn);
  }

  /** The gap after `state`. Undefined: it is known to fail, or there is none. */
  private gapAfter(state: StreamState): Gap | undefined {
    const revision = state.revision + 1;
    if (revision > this.constraints.last && this.constraints.unplaced === 0) return undefined;
    if (this.dead.has(this.nameOf(state))) return undefined;
    const reserved = this.reserved.get(revision);
    if (reserved !== undefined) this.pool.reserve(reserved, -1);
    const kinds = reserved === undefined ? this.kindsFor(state) : [reserved];
    return { revision, before: state, kinds, tried: 0, reserved };
  }

  /** The kinds that may come next, the latest call first: if a lost request acted, it did so soon after it was sent. */
  private kindsFor(state: StreamState): readonly number[] {
    const { constraints, pool } = this;
    const revision = state.revision + 1;
    const deadline = constraints.deadline(revision);
    const exact = this.model.name === 'stream-balance' ? constraints.amountsAt(revision) : undefined;
    const kinds =
      exact === undefined
        ? pool.every()
        : pool.moving(exact.released - state.released, exact.withdrawn - state.withdrawn);
    return kinds
      .flatMap((kind) => {
        const next = pool.next(kind);
        return next === undefined || next.call > deadline ? [] : [{ kind, call: next.call }];
      })
      .sort((a, b) => b.call - a.call)
      .map(({ kind }) => kind);
  }

  /** Assigns the gap to the next kind that fits. Undefined: that fails, or no kind is left. */
  private tryNext(gap: Gap): StreamState | undefined {
    const kind = gap.kinds[gap.tried];
    if (kind === undefined) return undefined;
    gap.tried += 1;
    const by = this.pool.next(kind);
    if (by === undefined || by.call > this.constraints.deadline(gap.revision)) return undefined;
    this.steps += 1;
    const step = this.model.step(gap.before, this.pool.inputOf(kind));
    if (step.kind !== 'effect' || !this.isWithin(step.state) || !this.isSeen(step.state)) return undefined;
    const state = this.forward(step.state);
    if (state === undefined) return undefined;
    this.pool.take(kind);
    this.given.push({ revision: gap.revision, kind, by });
    return state;
  }

  private isWithin({ revision, released, withdrawn }: StreamState): boolean {
    const most = this.constraints.mostAt(revision);
    return most === undefined || (released <= most.released && withdrawn <= most.withdrawn);
  }

  /** Gives up the last gap, and the assignment of the one before it. */
  private leave(gaps: Gap[]): void {
    for (;;) {
      const gap = gaps.pop();
      if (gap === undefined) return;
      if (gap.reserved !== undefined) this.pool.reserve(gap.reserved, 1);
      this.remember(gap.before);
      const behind = this.constraints.firstFrom(gap.revision);
      if (behind !== undefined) this.fail(behind, gap.revision);
      const before = gaps.at(-1);
      if (before === undefined) return;
      this.takeBack();
      if (before.tried < before.kinds.length) return;
    }
  }

  private takeBack(): void {
    const last = this.given.pop();
    if (last !== undefined) this.pool.giveBack(last.kind);
  }

  /** Remembers a state that leads nowhere, unless some observation lacks its revision: that may tell two ways to it apart. */
  private remember(state: StreamState): void {
    if (this.constraints.unplaced === 0) this.dead.add(this.nameOf(state));
  }

  private nameOf({ revision, status, released, withdrawn }: StreamState): string {
    return `${revision} ${status} ${released} ${withdrawn} ${this.pool.usage()}`;
  }

  /** The whole history with the assigned revisions, if that explains it. */
  private finished({ revision }: StreamState): StreamOperation[] | undefined {
    if (revision < this.constraints.last) return undefined;
    const given = this.given.map(({ revision: made, by }): EffectOperation => ({
      id: by.id,
      kind: 'effect',
      input: by.input,
      revision: made,
      call: by.call,
      return: Infinity,
    }));
    const operations = [...this.known, ...given];
    this.steps += operations.length;
    const result = checkVersionOrder(this.model, this.initial, operations);
    if (result.verdict === 'ok') return operations;
    this.fail(result.operation, revision);
    return undefined;
  }
}
