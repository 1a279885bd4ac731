/** The surface `migration` of an instance, which the operator calls. */
import {
  codeOf,
  STAGES,
  MIGRATION_SIDES,
  StorageError,
  validateSweepLimit,
  type AuthorityView,
  type BackfillProgress,
  type CompareOptions,
  type Comparison,
  type Control,
  type HandOver,
  type Migration,
  type MigrationSide,
  type MigrationStatus,
  type Operator,
  type Order,
  type Stage,
} from '../contract/index.ts';
import { defined } from '../contract/defined.ts';
import { backfill } from './backfill/backfill.ts';
import { compareSides } from './compare/compare.ts';
import { otherSide, writesBoth, type Direction, type SidePair } from './direction/direction.ts';
import { controlKey, orderAfter, registeredIn, suspendedIn } from './authority/fleet.ts';
import { HandOvers } from './authority/handOver.ts';
import { closed, type Instance } from './instance.ts';
import { livesUntil } from './authority/lifetimes.ts';
import { validateOrder, validateRate, validateSide } from './authority/orders.ts';
import { OperatorLock, validateOwner } from './authority/operatorLock.ts';
import { ownRecord, ownToken } from './sides/owed.ts';
import { movesReads, sharesOf } from './direction/reads.ts';
import { noStage, notOver, notWriting, stillLiving, stillOwed, tooEarly } from './authority/refusals.ts';

export interface MoveOptions {
  readonly sides: SidePair;
  readonly instance: Instance;
  readonly newSideBoundMs: number;
}

/** How long closing waits at most until the instance has left the fleet, in milliseconds. Its registration expires anyway. */
const LEAVE_MS = 500;

export class Move {
  readonly surface: Migration;
  readonly #options: MoveOptions;
  readonly #instance: Instance;
  readonly #lock: OperatorLock;
  readonly #handOvers: HandOvers;

  constructor(options: MoveOptions) {
    const { sides, instance, newSideBoundMs } = options;
    this.#options = options;
    this.#instance = instance;
    this.#lock = new OperatorLock(sides, instance.fleet.id);
    this.#handOvers = new HandOvers({ sides, patience: instance.patience, copyBoundMs: newSideBoundMs });
    this.surface = {
      old: sides.old,
      new: sides.new,
      moveTo: (stage) => this.#moveTo(stage),
      instruct: (order) => this.#instruct(order),
      operate: (owner) => this.#operate(owner),
      retire: () => this.#lock.release(),
      begin: () => this.#asOperator(() => this.#moved(() => this.#handOvers.begin())),
      handOver: (to, given) => this.#handOver(to, given),
      giveBack: () => this.#asOperator(() => this.#moved(() => this.#handOvers.giveBack())),
      finish: (given = {}) => this.#asOperator(() => this.#finish(given)),
      status: () => this.#status(),
      backfill: async (limit) => {
        validateSweepLimit(limit);
        return this.#backfill(await this.#copying('backfill'), limit);
      },
      repair: async (limit, given = {}) => {
        validateSweepLimit(limit);
        validateRate(given.perSecond);
        const { outbox } = await this.#copying('repair');
        await instance.recheck();
        const progress = await outbox.repair(limit, given.perSecond);
        if (progress.owed === 0) await instance.liftOrphans();
        return progress;
      },
      compare: async (limit, given) => {
        validateSweepLimit(limit);
        return this.#compare(await this.#now(), limit, given);
      },
    };
  }

  /** Ends an interrupted hand over whose operator is gone. */
  async giveBackForTheDead(): Promise<void> {
    if (this.#lock.isHeld || (await this.#lock.current()) !== undefined) return;
    await this.#asOperator(() => this.#moved(() => this.#handOvers.giveBack())).catch(() => undefined);
  }

  /** Releases the lock and removes the registration of this instance, if the storage answers in time. */
  async leave(): Promise<void> {
    const leaving = Promise.allSettled([this.#lock.release(), this.#instance.fleet.leave()]);
    const bound = new Promise<void>((resolve) => {
      setTimeout(resolve, LEAVE_MS).unref();
    });
    await Promise.race([leaving, bound]);
    this.#lock.stop();
  }

  async #now(): Promise<Direction> {
    if (this.#instance.isClosed) throw closed();
    // Another instance may have moved the authority. An instance that runs no operations learns of it only here.
    await this.#instance.watch.refreshAnew();
    return this.#instance.direction(performance.now() + this.#options.newSideBoundMs);
  }

  async #copying(what: string): Promise<Direction> {
    let direction = await this.#now();
    // An instance that was just opened may not know the latest order yet.
    if (!direction.copies()) {
      await this.#instance.poll().catch(() => undefined);
      direction = await this.#now();
    }
    if (!direction.copies()) throw notWriting(what, this.#instance.stage, direction.view);
    return direction;
  }

  async #moveTo(stage: Stage): Promise<void> {
    if (this.#instance.isClosed) throw closed();
    if (!STAGES.includes(stage)) throw noStage(stage);
    if (stage === 'cut-over' && this.#instance.stage !== stage) await this.#refuseDifferent();
    await this.#instance.moveTo(stage);
  }

  async #backfill({ sides, from, to, outbox }: Direction, limit: number): Promise<BackfillProgress> {
    const { bulk } = from.adapter;
    return backfill(
      {
        sides,
        bulk: { from: bulk, to: to.adapter.bulk },
        tokens: { from: from.tokens, to: to.tokens },
        copy: (owed) => outbox.copy(owed),
      },
      limit,
    );
  }

  async #compare(
    { sides, view, patience, from, to }: Direction,
    limit: number,
    options?: CompareOptions,
  ): Promise<Comparison> {
    const names = { from: view.decides, to: otherSide(view.decides) };
    const compared = { sides, names, patience, bulk: { from: from.adapter.bulk, to: to.adapter.bulk } };
    const debts = { store: from.tokens, boundMs: this.#options.newSideBoundMs };
    return compareSides(compared, debts, limit, options);
  }

  /** Rejects with CONFLICT if the sides differ, or copies are owed. With `mayOwe` copies may be owed. */
  async #refuseDifferent({ mayOwe = false } = {}): Promise<void> {
    const comparison = await this.#compare(await this.#now(), 1, { onlyChanged: true });
    const {
      differences: [first],
      unread: [unread],
    } = comparison;
    const owed = mayOwe ? 0 : comparison.owed;
    if (owed === 0 && first === undefined && unread === undefined) return;
    const why =
      unread !== undefined
        ? `the ${unread.kind} of the ${unread.from} side cannot be read (${unread.reason})`
        : owed > 0
          ? `${owed} writes owe it a copy`
          : `${first?.kind} ${JSON.stringify(first?.id)}: ${first?.what}`;
    throw new StorageError(
      'CONFLICT',
      `Expected the new side to show what the old one shows, but it does not: ${why}. Call repair and backfill, and compare.`,
      {
        details: {
          owed,
          ...defined({ difference: first, unread }),
        },
      },
    );
  }

  async #operate(owner: string): Promise<Operator> {
    validateOwner(owner);
    if (this.#instance.isClosed) throw closed();
    return this.#lock.take(owner);
  }

  /** Runs the action under the operator's lock. Releases the lock afterwards unless this instance had it before. */
  async #asOperator<T>(action: () => Promise<T>): Promise<T> {
    if (this.#instance.isClosed) throw closed();
    const { isHeld } = this.#lock;
    await this.#lock.take(this.#lock.owner ?? `instance ${this.#instance.fleet.id}`);
    try {
      return await action();
    } finally {
      if (!isHeld) await this.#lock.release().catch(() => undefined);
    }
  }

  async #instruct(order: Order): Promise<Control> {
    validateOrder(order);
    return this.#asOperator(async () => {
      const { from } = await this.#now();
      const latest = await orderAfter(from.tokens, 0);
      const stage = order.stage ?? latest?.stage ?? this.#instance.stage;
      const before = order.stage === undefined ? (latest?.reads ?? sharesOf(stage)) : sharesOf(stage);
      const reads = { ...before, ...order.reads };
      if (movesReads(reads) && !movesReads(latest?.reads ?? this.#instance.course.shares))
        await this.#refuseDifferent();
      const said = {
        version: (latest?.version ?? 0) + 1,
        stage,
        reads,
        shadow: order.shadow ?? latest?.shadow ?? false,
        by: this.#lock.owner ?? this.#instance.fleet.id,
      };
      const control = await this.#insert(from, said);
      await this.#instance.obey(control);
      return control;
    });
  }

  async #insert({ tokens }: Direction['from'], said: Omit<Control, 'at'>): Promise<Control> {
    try {
      const { createdAt } = await tokens.insert(ownRecord(ownToken(controlKey(said.version)), said));
      return { ...said, at: createdAt };
    } catch (error) {
      if (codeOf(error) !== 'ALREADY_EXISTS') throw error;
      throw new StorageError(
        'CONFLICT',
        `Expected order ${said.version} to be the next one, but another order came meanwhile. Look at the status, and give the order again.`,
        { cause: error, details: { version: said.version } },
      );
    }
  }

  async #handOver(to: MigrationSide, { drainMs }: { readonly drainMs: number }): Promise<HandOver> {
    validateSide(to, MIGRATION_SIDES);
    return this.#asOperator(async () => {
      const { view } = await this.#now();
      if (view.epoch > 0 && view.decides !== to) await this.#refuseUnready(to);
      return this.#moved(() => this.#handOvers.handOver(to, drainMs, () => this.#lock.renew()));
    });
  }

  /** Rejects with CONFLICT if a hand over would lose records, or could not be reversed. */
  async #refuseUnready(to: MigrationSide): Promise<void> {
    const { from, view } = await this.#copying('a hand over');
    const early = (await registeredIn(from.tokens)).filter(
      ({ stage }) => view.decides === 'old' && !writesBoth(stage),
    );
    if (early.length > 0) throw tooEarly(early);
    // A hand over itself copies what is owed, so copies may be owed: otherwise a writer that has just died would delay it until
    // its write counts as interrupted. The way back is needed in trouble, so it does not wait for a comparison either.
    if (to === 'new') await this.#refuseDifferent({ mayOwe: true });
  }

  /** Runs the action, and reads at once who decides then. */
  async #moved<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } finally {
      await this.#instance.watch.refreshAnew();
    }
  }

  async #finish({
    despiteLifetimes = false,
  }: {
    readonly despiteLifetimes?: boolean;
  }): Promise<AuthorityView> {
    const direction = await this.#now();
    if (direction.view.finished) return this.#moved(() => this.#handOvers.finish());
    if (direction.view.decides !== 'new') throw notOver(direction.view);
    const { count } = await direction.outbox.owed();
    if (count > 0) throw stillOwed(count);
    if (!despiteLifetimes) await this.#refuseLiving(direction);
    return this.#moved(() => this.#handOvers.finish());
  }

  /** Rejects with CONFLICT while answers from the time when the old side decided have not expired. */
  async #refuseLiving({ from, view }: Direction): Promise<void> {
    const since = await this.#handOvers.since(from.tokens, view.epoch);
    const last = since === undefined ? undefined : await livesUntil(from.tokens, since);
    if (last !== undefined) throw stillLiving(last);
  }

  async #status(): Promise<MigrationStatus> {
    if (this.#instance.isClosed) throw closed();
    await this.#instance.watch.refreshAnew();
    const view = this.#instance.watch.view ?? { decides: undefined, epoch: 0, finished: false };
    // While neither side decides, the side that decided last has the latest records.
    const until = performance.now() + this.#options.newSideBoundMs;
    const { from, outbox } =
      view.decides === undefined ? this.#instance.current : await this.#instance.direction(until);
    const [control, registered, suspended, operator, owed] = await Promise.all([
      orderAfter(from.tokens, 0),
      registeredIn(from.tokens),
      suspendedIn(from.tokens),
      this.#lock.current(),
      outbox.owed(),
    ]);
    return {
      authority: view,
      control,
      operator: operator && { owner: operator.owner, since: operator.since },
      instances: registered,
      owed,
      suspended,
    };
  }
}
