/** One instance of a move. It knows who decides and which order holds, and runs each operation in the current direction. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  codeOf,
  StorageError,
  type AuthorityView,
  type Control,
  type MigrationSide,
  type Stage,
} from '../contract/index.ts';
import { defined } from '../contract/defined.ts';
import {
  createDirection,
  otherSide,
  type Course,
  type Direction,
  type SidePair,
} from './direction/direction.ts';
import type { Run } from './direction/facade.ts';
import { Fleet } from './authority/fleet.ts';
import { ownToken } from './sides/owed.ts';
import { Patience } from './copies/patience.ts';
import { movesReads, sharesOf } from './direction/reads.ts';
import { partsOf } from './sides/sides.ts';
import { ownVersion } from './authority/version.ts';
import { Watch } from './authority/watch.ts';

export interface InstanceOptions {
  readonly sides: SidePair;
  readonly stage: Stage;
  readonly follow: boolean;
  readonly writeBoundMs: number;
  readonly newSideBoundMs: number;
  readonly slowMs: number;
  readonly pollMs: number;
  readonly gapBoundMs: number;
  /** Called again and again while neither side decides. */
  readonly onGap: () => Promise<void>;
}

/** For so many polls an instance relies on what it read. */
const POLLS_OF_LEASE = 3;
/**
 * After this part of the bound a side that has not answered a poll is in doubt. So an instance knows of a silent side when
 * the first bound is over. An operation that waited for another instance's section does not wait for that side again.
 */
const POLL_IN_DOUBT = 0.35;
/** Reads are suspended in advance after at least this part of the bound, and this much earlier than needed, in milliseconds. */
const MIN_DOUBT = 0.2;
const SPARE_MS = 50;
/** How often the sides are asked who decides while an operation waits for it, in milliseconds. */
const ASK_AGAIN_MS = 20;

export class Instance {
  readonly fleet: Fleet;
  readonly watch: Watch;
  readonly #options: InstanceOptions;
  /** The patience with each side while it does not decide. */
  readonly patience: Readonly<Record<MigrationSide, Patience>>;
  #course: Course;
  /** The version of the latest order that was obeyed. */
  #obeyed = 0;
  #direction: Direction | undefined;
  #polling: NodeJS.Timeout | undefined;
  #poll: Promise<void> | undefined;
  #isClosed = false;
  /** Open sections, the oldest first. */
  readonly #sections = new Set<{ readonly since: number }>();
  #shadowed = 0;
  #shadowDifferences = 0;

  constructor(options: InstanceOptions) {
    const { sides, stage, follow, newSideBoundMs, slowMs, pollMs } = options;
    this.#options = options;
    this.#course = { stage, shares: sharesOf(stage), shadow: false };
    const patienceWith = (side: MigrationSide): Patience => {
      const { tokens } = partsOf(sides[side]);
      return new Patience({
        boundMs: newSideBoundMs,
        slowMs,
        probe: async () => tokens.get(ownToken('probe')),
      });
    };
    this.patience = { old: patienceWith('old'), new: patienceWith('new') };
    const { old, new: other } = sides;
    const leaseMs = POLLS_OF_LEASE * pollMs;
    this.watch = new Watch({
      authorities:
        old.authority === undefined || other.authority === undefined
          ? undefined
          : { old: old.authority, new: other.authority },
      leaseMs,
      boundMs: newSideBoundMs,
      onTimes: (times) => {
        this.patience.old.note(times.old, times.new);
        this.patience.new.note(times.new, times.old);
      },
      doubtMs: POLL_IN_DOUBT * newSideBoundMs,
      onDoubt: (side) => void this.patience[side].doubt(),
    });
    this.fleet = new Fleet({
      tokens: () => this.current.from.tokens,
      follow,
      leaseMs,
      self: () => ({
        stage: this.#course.stage,
        epoch: this.watch.view?.epoch ?? 0,
        oldestSectionMs: this.#oldestSectionMs,
        lockstep: ownVersion(),
        shadowed: this.#shadowed,
        shadowDifferences: this.#shadowDifferences,
        readsOther: this.#readsOther,
      }),
    });
  }

  get stage(): Stage {
    return this.#course.stage;
  }

  get course(): Course {
    return this.#course;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The latest known direction. At first it is that of a move that has not begun. */
  get current(): Direction {
    return this.#direction ?? this.#directionOf({ decides: 'old', epoch: 0, finished: false });
  }

  /** Starts to poll. */
  start(): void {
    if (this.#polling !== undefined || this.#isClosed) return;
    this.#pollLater();
  }

  /** Sets the stage until a newer order is obeyed. */
  async moveTo(stage: Stage): Promise<void> {
    await this.#turn({ stage, shares: sharesOf(stage), shadow: this.#course.shadow });
  }

  /** Runs an operation in the current direction. Runs it again if it was refused because the direction had changed. */
  readonly run: Run = async ({ is, timeoutMs, signal }, action) => {
    this.start();
    const { gapBoundMs } = this.#options;
    const until = performance.now() + Math.min(timeoutMs ?? gapBoundMs, gapBoundMs);
    if (is === 'read') {
      await this.#readable();
      return action((await this.direction(until, { isRead: true })).surfaces);
    }
    const open = { since: performance.now() };
    if (is === 'section') this.#sections.add(open);
    try {
      for (;;) {
        const direction = await this.direction(until, { signal });
        try {
          return await action(direction.surfaces);
        } catch (error) {
          if (codeOf(error) !== 'FENCED') throw error;
          await this.watch.refreshAnew();
          // As far as is known, the side that refused still decides. The authority is about to move: try again soon.
          if (performance.now() >= until) throw undecided(this.watch.view, error);
          if (this.#isDirectionOf(direction, this.watch.view)) await sleep(ASK_AGAIN_MS);
        }
      }
    } finally {
      this.#sections.delete(open);
    }
  };

  /** Returns the current direction. Rejects with UNAVAILABLE if neither side decides until then. */
  async direction(
    until: number,
    { isRead = false, signal }: { readonly isRead?: boolean; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<Direction> {
    if (this.watch.view === undefined) await this.watch.refresh();
    for (;;) {
      const { view } = this.watch;
      if (view?.decides !== undefined) return this.#directionOf({ ...view, decides: view.decides });
      // Nothing is written meanwhile, so the side that decided last has the latest records.
      if (isRead && this.#direction !== undefined) return this.#direction;
      if (this.#isClosed) throw closed();
      if (signal?.aborted === true) throw aborted();
      if (performance.now() >= until) throw undecided(view);
      await sleep(ASK_AGAIN_MS);
      await this.watch.refreshAnew();
    }
  }

  /** Reads who decides, renews the registration of this instance, and obeys the latest order. */
  async poll(): Promise<void> {
    this.#poll ??= this.#pollOnce().finally(() => (this.#poll = undefined));
    await this.#poll;
  }

  /** Obeys an order, unless a newer one was obeyed already. */
  async obey(control: Control): Promise<void> {
    this.fleet.obeyed(control);
    if (control.version <= this.#obeyed) return;
    this.#obeyed = control.version;
    await this.#turn({ stage: control.stage, shares: control.reads, shadow: control.shadow });
  }

  /** Ends the suspensions of instances that are gone, if nothing is owed at all. */
  async liftOrphans(): Promise<void> {
    const { outbox } = this.current;
    if ((await outbox.owed()).count === 0) await this.fleet.liftOrphans();
  }

  /** If the other side was silent, asks it at once. */
  async recheck(): Promise<void> {
    await this.current.patience.recheck();
  }

  stop(): void {
    this.#isClosed = true;
    clearTimeout(this.#polling);
    this.patience.old.close();
    this.patience.new.close();
  }

  get #oldestSectionMs(): number {
    const [oldest] = this.#sections;
    return oldest === undefined ? 0 : Math.round(performance.now() - oldest.since);
  }

  get #readsOther(): boolean {
    const { view } = this.watch;
    return view?.decides === 'old' && movesReads(this.#course.shares);
  }

  async #turn(course: Course): Promise<void> {
    this.#course = course;
    if (!this.#readsOther) return;
    this.start();
    // Reads move only when the other instances know of it, and when this one knows which writes they have answered.
    await this.fleet.poll().catch(() => undefined);
  }

  /** Reads again what is too old to rely on for a read. */
  async #readable(): Promise<void> {
    if (!this.watch.isFresh) await this.watch.refresh();
    if (this.#readsOther && this.fleet.isStale) await this.poll().catch(() => undefined);
  }

  async #pollOnce(): Promise<void> {
    await this.watch.refresh();
    const { view } = this.watch;
    if (view === undefined) return;
    if (view.decides === undefined) {
      await this.#options.onGap();
      return;
    }
    const { outbox } = this.#directionOf({ ...view, decides: view.decides });
    await outbox.lookAgain();
    await this.fleet.poll();
    const { control } = this.fleet;
    if (control !== undefined) await this.obey(control);
  }

  #pollLater(): void {
    const again = async (): Promise<void> => {
      await this.poll().catch(() => undefined);
      if (!this.#isClosed) this.#pollLater();
    };
    this.#polling = setTimeout(() => void again(), this.#options.pollMs).unref();
  }

  #isDirectionOf(direction: Direction, view: AuthorityView | undefined): boolean {
    return direction.view.epoch === view?.epoch && direction.view.decides === view.decides;
  }

  #directionOf(view: Direction['view']): Direction {
    const known = this.#direction;
    if (known !== undefined && this.#isDirectionOf(known, view) && known.view.finished === view.finished)
      return known;
    const { sides, writeBoundMs, newSideBoundMs, pollMs } = this.#options;
    const direction = createDirection({
      sides,
      view,
      course: () => this.#course,
      patience: this.patience[otherSide(view.decides)],
      writeBoundMs,
      copyBoundMs: newSideBoundMs,
      // Early enough for the other instances to know before the bound is over.
      doubtMs: Math.max(MIN_DOUBT * newSideBoundMs, newSideBoundMs - POLLS_OF_LEASE * pollMs - SPARE_MS),
      mayReadOther: () => this.fleet.mayReadOther,
      onOwed: async () => {
        // After a hand over all reads go to the deciding side.
        if (view.decides === 'old') await this.fleet.suspend().catch(() => undefined);
        else await this.#handOverIsKnown(learned);
      },
      onClear: () => void this.fleet.lift(() => direction.outbox.isClear).catch(() => undefined),
      onShadowed: (isSame) => {
        this.#shadowed += 1;
        if (!isSame) this.#shadowDifferences += 1;
      },
    });
    const learned = performance.now();
    this.#direction = direction;
    return direction;
  }

  /** Waits until no other instance can still believe that the other side decides. */
  async #handOverIsKnown(learned: number): Promise<void> {
    const left = learned + POLLS_OF_LEASE * this.#options.pollMs - performance.now();
    if (left > 0) await sleep(left);
  }
}

function undecided(view: AuthorityView | undefined, cause?: unknown): StorageError {
  const seen = view === undefined ? 'neither says so' : `neither does in epoch ${view.epoch}`;
  return new StorageError(
    'UNAVAILABLE',
    `Expected one of the two sides to decide, but ${seen}: the authority is being handed over, or a side cannot be read. Nothing was changed; try again.`,
    defined({ cause }),
  );
}

function aborted(): StorageError {
  return new StorageError('ABORTED', "The caller's signal was aborted while neither side decided.");
}

export function closed(): StorageError {
  return new StorageError('CLOSED', 'Expected an open instance, but it was closed. Open another one.');
}
