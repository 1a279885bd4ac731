/**
 * Moves the authority from one side to the other. Each change is a compare-and-set in the storage itself, and the changes come
 * in an order in which at most one side decides at any time. A late operator finds another state and changes nothing.
 */
import {
  MIGRATION_SIDES,
  StorageError,
  type Authority,
  type AuthorityState,
  type Awaitable,
  type AuthorityView,
  type FailedCopy,
  type HandOver,
  type IdempotencyStore,
  type MigrationSide,
  type RepairProgress,
} from '../../contract/index.ts';
import { Outbox } from '../copies/outbox.ts';
import { otherSide, sidesFor, type SidePair } from '../direction/direction.ts';
import { controlKey, copyRegistrations, orderAfter } from './fleet.ts';
import { partsIn } from './operatorLock.ts';
import { insertOnce, ownRecord, ownRecords, ownToken } from '../sides/owed.ts';
import type { Patience } from '../copies/patience.ts';
import { everyRow, lacksOf, type SideParts, type Stores } from '../sides/sides.ts';
import { viewOf } from './watch.ts';

const PAGE = 100;
const HAND_OVER = 'hand-over-';
const DIGITS = 9;
/** How long a change may wait for writers where there should be none, in milliseconds. */
const AT_ONCE_MS = 1000;
/** How long a copy waits at most for other writers of its record, in milliseconds. The storage refuses them by then. */
const LAST_COPY_MS = 10_000;

type Authorities = Readonly<Record<MigrationSide, Authority>>;
type States = Readonly<Record<MigrationSide, AuthorityState>>;

export interface HandOverOptions {
  readonly sides: SidePair;
  /** The patience with each side while it does not decide. */
  readonly patience: Readonly<Record<MigrationSide, Patience>>;
  readonly copyBoundMs: number;
}

/** What is stored about a hand over before it begins, on the side that decides until then. */
interface Begun {
  readonly from: MigrationSide;
  readonly to: MigrationSide;
}

export class HandOvers {
  readonly #options: HandOverOptions;

  constructor(options: HandOverOptions) {
    this.#options = options;
  }

  /** See Migration. */
  async begin(): Promise<AuthorityView> {
    const { old, new: other } = this.#authorities();
    const { old: oldState, new: newState } = await this.#states();
    if (oldState.epoch === 0)
      await old.set(oldState, { epoch: 1, decides: true, admitsUnmarked: true }, AT_ONCE_MS);
    // After an interruption between the two changes this one is made later. Until then the new side accepts every copy.
    if (oldState.epoch <= 1 && newState.epoch === 0)
      await other.set(newState, { epoch: 1, decides: false, admitsUnmarked: false }, AT_ONCE_MS);
    return this.view();
  }

  /** See Migration. `renew` renews the operator's lock. */
  async handOver(to: MigrationSide, drainMs: number, renew: () => Promise<void>): Promise<HandOver> {
    const states = await this.#states();
    const from = otherSide(to);
    const { epoch } = states[from];
    if (!states[from].decides || states[to].decides || epoch === 0 || states[to].epoch !== epoch)
      throw notReady(to, states);
    const next = epoch + 1;
    const begun: Begun = { from, to };
    const { tokens } = this.#parts(from, states);
    await insertOnce(tokens, ownRecord(handOverToken(next), begun));
    await copyRegistrations(tokens, this.#parts(to, states).tokens);
    const start = performance.now();
    let ended = 0;
    try {
      ended = await this.#set(
        from,
        states[from],
        { epoch: next, decides: false, admitsUnmarked: false },
        drainMs,
      );
      await this.#set(to, states[to], { epoch: next, decides: false, admitsUnmarked: false }, AT_ONCE_MS);
      await renew();
      const { copied, requeued } = await this.#copyLast(from, to, next);
      const decided = { epoch: next, decides: true, admitsUnmarked: to === 'old' };
      await this.#set(to, { epoch: next, decides: false, admitsUnmarked: false }, decided, AT_ONCE_MS);
      const gapMs = performance.now() - start;
      return { epoch: next, from, to, gapMs, ended, copied, requeued };
    } catch (error) {
      throw await this.#gaveBack(error);
    }
  }

  /** See Migration. */
  async giveBack(): Promise<AuthorityView> {
    const states = await this.#states();
    const view = viewOf(states);
    if (view?.decides !== undefined) return view;
    const epoch = Math.max(states.old.epoch, states.new.epoch);
    const { from, to } = await this.#lastBegun(states);
    // The side `to` enters a later epoch than that of the hand over, so that a late operator cannot make it decide. If it is
    // in a later epoch than the other side already, an earlier call was interrupted here.
    const next = states[to].epoch > states[from].epoch ? states[to].epoch : epoch + 1;
    if (states[to].epoch !== next)
      await this.#set(to, states[to], { epoch: next, decides: false, admitsUnmarked: false }, AT_ONCE_MS);
    await this.#set(
      from,
      states[from],
      { epoch: next, decides: true, admitsUnmarked: from === 'old' },
      AT_ONCE_MS,
    );
    return this.view();
  }

  /** See Migration. The caller checks the gates. */
  async finish(): Promise<AuthorityView> {
    const states = await this.#states();
    const { epoch } = states.new;
    if (!states.new.decides || epoch === 0) throw notReady('new', states);
    const next = states.new.admitsUnmarked ? epoch : epoch + 1;
    if (!states.new.admitsUnmarked)
      await this.#set('new', states.new, { epoch: next, decides: true, admitsUnmarked: true }, AT_ONCE_MS);
    if (states.old.epoch !== next)
      await this.#set('old', states.old, { epoch: next, decides: false, admitsUnmarked: false }, AT_ONCE_MS);
    return this.view();
  }

  async view(): Promise<AuthorityView> {
    const view = viewOf(await this.#states());
    return view ?? { decides: undefined, epoch: 0, finished: false };
  }

  /** When the deciding side began to decide. Undefined: the authority was never handed over. */
  async since(store: IdempotencyStore, epoch: number): Promise<string | undefined> {
    return (await store.get(handOverToken(epoch)))?.createdAt;
  }

  #authorities(): Authorities {
    const { old, new: other } = this.#options.sides;
    const lacking = { old: lacksOf(old), new: lacksOf(other) };
    const lackingSides = MIGRATION_SIDES.filter((side) => lacking[side].length > 0);
    if (old.authority === undefined || other.authority === undefined || lackingSides.length > 0)
      throw new StorageError(
        'UNSUPPORTED',
        `Expected both sides to have the surface authority, but ${lackingSides.map((side) => `the adapter of the ${side} side lacks ${lacking[side].join(' and ')}`).join(', and ')}. Without it the authority cannot move while anybody writes.`,
        { details: { lacking: lackingSides } },
      );
    return { old: old.authority, new: other.authority };
  }

  async #states(): Promise<States> {
    const { old, new: other } = this.#authorities();
    const [first, second] = await Promise.all([old.get(), other.get()]);
    return { old: first, new: second };
  }

  #parts(side: MigrationSide, states: States): SideParts {
    return partsIn(this.#options.sides[side], states[side]);
  }

  async #set(
    side: MigrationSide,
    expected: AuthorityState,
    next: AuthorityState,
    drainMs: number,
  ): Promise<number> {
    const { ended } = await this.#authorities()[side].set(expected, next, drainMs);
    return ended;
  }

  /** Copies everything that is owed to the side `to`, while neither side decides. */
  async #copyLast(
    from: MigrationSide,
    to: MigrationSide,
    epoch: number,
  ): Promise<{ copied: number; requeued: number }> {
    const states = await this.#states();
    const [source, target] = [this.#parts(from, states), this.#parts(to, states)];
    const other = this.#options.sides[to];
    const { patience, copyBoundMs } = this.#options;
    await patience[to].recheck();
    const outbox = new Outbox({
      sides: sidesFor(source, target, other, epoch),
      store: source.tokens,
      writeBoundMs: 0,
      // Nobody else makes these copies any more, so a slow machine gets more time.
      copyBoundMs: Math.max(copyBoundMs, LAST_COPY_MS),
      patience: patience[to],
      onOwed: async () => undefined,
      doubtMs: copyBoundMs,
      onClear: () => undefined,
    });
    const { copied, failed } = await outbox.drain();
    if (failed.length > 0) throw notCopied(to, failed);
    const requeued = await endLeases(source.stores, (id) =>
      this.#authorities()[to].endLease?.({ epoch, role: 'copying' }, id),
    );
    await copyOrders(source.tokens, target.tokens);
    await insertOnce(target.tokens, ownRecord(handOverToken(epoch), { from, to }));
    return { copied, requeued };
  }

  /** Gives the authority back after a step failed. Returns the error of that step. */
  async #gaveBack(error: unknown): Promise<unknown> {
    try {
      await this.giveBack();
    } catch (second) {
      throw new StorageError(
        'UNAVAILABLE',
        'Expected to give the authority back after a step of the hand over had failed, but that failed, too. When the operator is gone, any instance gives it back: wait, or call giveBack.',
        { cause: second, details: { step: error instanceof Error ? error.message : String(error) } },
      );
    }
    return error;
  }

  async #lastBegun(states: States): Promise<Begun> {
    let latest: { readonly epoch: number; readonly begun: Begun } | undefined;
    for (const side of ['old', 'new'] as const) {
      const { tokens } = this.#parts(side, states);
      for await (const { token, body } of ownRecords(tokens, HAND_OVER)) {
        const epoch = Number(token.slice(ownToken(HAND_OVER).length));
        if (latest === undefined || epoch > latest.epoch)
          latest = { epoch, begun: JSON.parse(body) as Begun };
      }
    }
    // Only a hand over leaves neither side deciding.
    return latest?.begun ?? { from: 'old', to: 'new' };
  }
}

function handOverToken(epoch: number): string {
  return ownToken(`${HAND_OVER}${String(epoch).padStart(DIGITS, '0')}`);
}

/**
 * Leases do not move. A job that a worker has claimed can be claimed on the other side, as its next attempt. The record stays
 * the same on both sides, so nothing is owed, whichever side decides in the end.
 */
async function endLeases(
  { jobs }: Stores,
  endLease: (id: string) => Awaitable<boolean | undefined>,
): Promise<number> {
  if (jobs?.claimNext === undefined) return 0;
  let count = 0;
  for await (const { id, status } of everyRow((request) => jobs.scan(request), PAGE))
    if (status === 'processing' && (await endLease(id)) === true) count += 1;
  return count;
}

/** Stores the latest order on the other side, too. */
async function copyOrders(from: IdempotencyStore, to: IdempotencyStore): Promise<void> {
  const latest = await orderAfter(from, 0);
  if (latest === undefined) return;
  await insertOnce(to, ownRecord(ownToken(controlKey(latest.version)), latest));
}

function notReady(to: MigrationSide, states: States): StorageError {
  const said = (['old', 'new'] as const).map(
    (side) =>
      `the ${side} side ${states[side].decides ? 'decides' : 'does not decide'} in epoch ${states[side].epoch}`,
  );
  return new StorageError(
    'CONFLICT',
    `Expected the ${otherSide(to)} side to decide and the ${to} one to take its copies in the same epoch, but ${said.join(', and ')}. Call begin first, or giveBack if neither decides.`,
    { details: { states } },
  );
}

function notCopied(to: MigrationSide, failed: readonly FailedCopy[]): StorageError {
  const [first] = failed as RepairProgress['failed'] & readonly [FailedCopy];
  const name = first.id === undefined ? first.kind : `${first.kind} ${JSON.stringify(first.id)}`;
  return new StorageError(
    'CONFLICT',
    `Expected the ${to} side to take everything that it is owed, but ${failed.length} records could not be copied, the first one ${name}: ${first.reason} Nothing has moved. Repair it, and hand over again.`,
    { details: { failed } },
  );
}
