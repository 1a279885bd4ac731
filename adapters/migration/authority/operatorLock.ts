/** Admits one operator at a time: a lock with an owner and a start time. It expires when its holder is gone. */
import {
  StorageError,
  type Authority,
  type AuthorityState,
  type IdempotencyRecord,
  type MigrationSide,
  type Operator,
  type StorageAdapter,
  type Timestamp,
} from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import { ownRecord, ownToken } from '../sides/owed.ts';
import { partsOf, type SideParts } from '../sides/sides.ts';
import { viewOf } from './watch.ts';

/** How long the lock lasts without being renewed, and how often it is renewed, in milliseconds. */
const LASTS_MS = 5000;
const RENEW_MS = 1000;

const TOKEN = ownToken('operator');
/** The id of a stream that does not exist. Its lock makes operators take turns. */
const LOCK = 'migration-operator';
const MOST = 200;

type Adapters = Readonly<Record<MigrationSide, StorageAdapter>>;

export interface Stored extends Operator {
  /** The instance that holds it. */
  readonly holder: string;
}

/** A side, used as a writer that it accepts in this state: a deciding one while the side decides, else a copying one. */
export function partsIn(adapter: StorageAdapter, state: AuthorityState | undefined): SideParts {
  if (state === undefined || state.epoch === 0 || adapter.authority === undefined) return partsOf(adapter);
  const { epoch, decides } = state;
  return partsOf(adapter.authority.as({ epoch, role: decides ? 'deciding' : 'copying' }));
}

export class OperatorLock {
  readonly #sides: Adapters;
  readonly #holder: string;
  #owned: { readonly owner: string; since: Timestamp } | undefined;
  #renewing: NodeJS.Timeout | undefined;
  #renewed: Promise<void> = Promise.resolve();

  constructor(sides: Adapters, holder: string) {
    this.#sides = sides;
    this.#holder = holder;
  }

  get isHeld(): boolean {
    return this.#owned !== undefined;
  }

  get owner(): string | undefined {
    return this.#owned?.owner;
  }

  /** Returns who has the lock. Undefined: nobody, or the lock has expired. */
  async current(): Promise<Stored | undefined> {
    const stored = await Promise.all(
      (['old', 'new'] as const).map(async (side) => {
        try {
          return await this.#sides[side].idempotencyStore?.get(TOKEN);
        } catch {
          return undefined;
        }
      }),
    );
    // The latest one counts, because one side may still have an earlier one.
    return stored
      .flatMap((one) => (one === undefined ? [] : [storedIn(one)]))
      .sort((a, b) => (a.since < b.since ? 1 : -1))[0];
  }

  /** Takes the lock for `owner`, or renews it. Errors: CONFLICT. */
  async take(owner: string): Promise<Operator> {
    const since = await this.#store(owner, this.#owned?.owner === owner ? this.#owned.since : undefined);
    this.#owned = { owner, since };
    this.#renewing ??= setInterval(() => void this.renew(), RENEW_MS).unref();
    return { owner, since };
  }

  /** Renews the lock, on every side where it is kept now. */
  async renew(): Promise<void> {
    if (this.#owned === undefined) return;
    const { owner, since } = this.#owned;
    // An operator that has lost the lock is stopped by the epochs, which every change compares.
    this.#renewed = Promise.allSettled([this.#renewed, this.#store(owner, since)]).then(() => undefined);
    await this.#renewed;
  }

  async release(): Promise<void> {
    this.stop();
    if (this.#owned === undefined) return;
    this.#owned = undefined;
    // A renewal in progress would store the lock again.
    await this.#renewed;
    // It may also be kept on the side that decided before the authority moved.
    const { old, new: other } = this.#sides;
    const states = { old: await stateOf(old.authority), new: await stateOf(other.authority) };
    for (const side of ['old', 'new'] as const) {
      const { tokens } = partsIn(this.#sides[side], states[side]);
      const stored = await tokens.get(TOKEN);
      if (stored !== undefined && storedIn(stored).holder === this.#holder) await tokens.delete(TOKEN);
    }
  }

  /** Stops renewing the lock, so that it expires. */
  stop(): void {
    clearInterval(this.#renewing);
    this.#renewing = undefined;
  }

  /** Where the lock is kept now: on the deciding side, or on both while neither decides. */
  async #homes(): Promise<SideParts[]> {
    const { old, new: other } = this.#sides;
    const states = { old: await stateOf(old.authority), new: await stateOf(other.authority) };
    const { decides } = viewOf(states) ?? { decides: undefined };
    return (['old', 'new'] as const)
      .filter((side) => decides === undefined || decides === side)
      .map((side) => partsIn(this.#sides[side], states[side]));
  }

  async #store(owner: string, since: Timestamp | undefined): Promise<Timestamp> {
    let at = since;
    for (const { tokens, withLock } of await this.#homes()) {
      await withLock(LOCK, async () => {
        const stored = await tokens.get(TOKEN);
        if (stored !== undefined && storedIn(stored).holder !== this.#holder) throw taken(storedIn(stored));
        await tokens.delete(TOKEN);
        const said = { owner, holder: this.#holder, ...defined({ since: at }) };
        const { createdAt } = await tokens.insert(ownRecord(TOKEN, said, LASTS_MS));
        at ??= createdAt;
      });
    }
    return at as Timestamp;
  }
}

/** The state of a side. Undefined: it cannot be read now. */
async function stateOf(authority: Authority | undefined): Promise<AuthorityState | undefined> {
  try {
    return authority === undefined
      ? { epoch: 0, decides: true, admitsUnmarked: true }
      : await authority.get();
  } catch {
    return undefined;
  }
}

function storedIn({ body, createdAt }: IdempotencyRecord): Stored {
  return { since: createdAt, ...(JSON.parse(body) as Omit<Stored, 'since'>) };
}

function taken({ owner, since }: Stored): StorageError {
  return new StorageError(
    'CONFLICT',
    `Expected no other operator, but ${JSON.stringify(owner.slice(0, MOST))} is at work since ${since}. Wait until it has ended; the lock of an operator that is gone expires after ${LASTS_MS} ms.`,
    { details: { owner, since } },
  );
}

export function validateOwner(owner: unknown): asserts owner is string {
  if (typeof owner === 'string' && owner.length > 0 && owner.length <= MOST) return;
  throw new StorageError(
    'INVALID_RECORD',
    `Expected the owner's name, a text of 1 to ${MOST} characters, got ${JSON.stringify(owner)?.slice(0, 80)}. Nothing was changed.`,
  );
}
