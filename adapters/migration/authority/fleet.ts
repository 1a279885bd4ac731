/**
 * What the instances of one move tell each other, through the deciding side: orders, who is there, and whose answered writes
 * are not on the other side yet.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  codeOf,
  type Control,
  type IdempotencyStore,
  type RegisteredInstance,
  type Stage,
} from '../../contract/index.ts';
import { ownRecord, ownRecords, ownToken } from '../sides/owed.ts';

export interface FleetOptions {
  /** Of the side that decides now. */
  readonly tokens: () => IdempotencyStore;
  /** Whether this instance obeys orders. */
  readonly follow: boolean;
  /** What this instance says of itself. */
  readonly self: () => Self;
  /** How long what was read is good for, in milliseconds. */
  readonly leaseMs: number;
}

export interface Self extends Omit<RegisteredInstance, 'id' | 'at' | 'control'> {
  /** Whether it may read the side that does not decide. */
  readonly readsOther: boolean;
}

type Registered = RegisteredInstance & Pick<Self, 'readsOther'>;

/** How often an instance says that it is there, and how long it is remembered, in milliseconds. */
const RENEW_MS = 1000;
const REMEMBERED_MS = 10_000;
/** Orders are numbered in their order as text. */
const DIGITS = 6;
const CONTROL = 'control-';
const INSTANCE = 'instance-';
const SUSPENDED = 'suspended-';

export function controlKey(version: number): string {
  return `${CONTROL}${String(version).padStart(DIGITS, '0')}`;
}

/** The latest order behind `version`; undefined: there is none. */
export async function orderAfter(store: IdempotencyStore, version: number): Promise<Control | undefined> {
  let latest: Control | undefined;
  for await (const { body, createdAt } of ownRecords(store, CONTROL, controlKey(version)))
    latest = { ...(JSON.parse(body) as Omit<Control, 'at'>), at: createdAt };
  return latest;
}

/** Every instance that is remembered. */
export async function registeredIn(store: IdempotencyStore): Promise<Registered[]> {
  const latest = new Map<string, Registered>();
  for await (const { token, body, createdAt } of ownRecords(store, INSTANCE)) {
    // A scan shows expired records, too.
    if ((await store.get(token)) === undefined) continue;
    const one = { ...(JSON.parse(body) as Omit<Registered, 'at'>), at: createdAt };
    const known = latest.get(one.id);
    if (known === undefined || known.at < one.at) latest.set(one.id, one);
  }
  return [...latest.values()];
}

/** The instances whose answered writes are not on the other side. */
export async function suspendedIn(store: IdempotencyStore): Promise<string[]> {
  const prefix = ownToken(SUSPENDED);
  const ids: string[] = [];
  for await (const { token } of ownRecords(store, SUSPENDED)) ids.push(token.slice(prefix.length));
  return ids;
}

export class Fleet {
  readonly id: string = randomUUID();
  readonly #options: FleetOptions;
  #control: Control | undefined;
  /** When the questions were asked whose answers are known. */
  #asOf = -Infinity;
  #suspended: readonly string[] = [];
  /** Whether this instance has suspended reads, and when that was last seen to be stored. */
  #own = false;
  #ownSeen = -Infinity;
  #suspending: Promise<void> | undefined;
  #lifting: Promise<unknown> | undefined;
  #renewedAt = -Infinity;
  #registration = 0;
  #saidOther = false;
  #saidStage: Stage | undefined;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  get control(): Control | undefined {
    return this.#control;
  }

  /** Whether every answered write can be read on the other side. */
  get mayReadOther(): boolean {
    const now = performance.now();
    return (
      !this.#own &&
      this.#suspended.length === 0 &&
      this.#saidOther &&
      now - this.#asOf < this.#options.leaseMs &&
      now - this.#renewedAt < REMEMBERED_MS - this.#options.leaseMs
    );
  }

  /** Whether what was read is too old to read the other side by. */
  get isStale(): boolean {
    return performance.now() - this.#asOf >= this.#options.leaseMs;
  }

  /** Says that this instance is there, and reads what others say. Rejects with what the storage rejects with. */
  async poll(): Promise<void> {
    const start = performance.now();
    const { follow, self, tokens } = this.#options;
    const store = tokens();
    const { readsOther } = self();
    if (follow || readsOther) await this.#register(readsOther);
    if (follow) this.#control = (await orderAfter(store, this.#control?.version ?? 0)) ?? this.#control;
    if (!readsOther && !this.#own) return;
    this.#suspended = await suspendedIn(store);
    if (this.#suspended.includes(this.id)) this.#ownSeen = start;
    this.#asOf = start;
  }

  /** The orders that this instance has obeyed count on, from the side that decides now. */
  obeyed(control: Control): void {
    if (control.version > (this.#control?.version ?? 0)) this.#control = control;
  }

  /** Makes every instance read the deciding side from now on, until `lift`. Resolves when all of them do. */
  async suspend(): Promise<void> {
    if (this.#own && performance.now() - this.#ownSeen < this.#options.leaseMs) return;
    this.#suspending ??= this.#suspend().finally(() => (this.#suspending = undefined));
    await this.#suspending;
  }

  /** Every answered write of this instance is on the other side, and is still when that is about to be said. */
  async lift(isStill: () => boolean = () => true): Promise<void> {
    if (!this.#own) return;
    await this.#suspending;
    if (!this.#own || !isStill()) return;
    this.#own = false;
    const lifting = Promise.resolve(this.#options.tokens().delete(ownToken(`${SUSPENDED}${this.id}`)));
    this.#lifting = lifting;
    await lifting;
  }

  /** Lifts what instances have left behind that are no longer there. Only while nothing is owed. */
  async liftOrphans(): Promise<void> {
    const store = this.#options.tokens();
    const suspended = await suspendedIn(store);
    if (suspended.length === 0) return;
    const alive = new Set((await registeredIn(store)).map(({ id }) => id));
    for (const id of suspended)
      if (id !== this.id && !alive.has(id)) await store.delete(ownToken(`${SUSPENDED}${id}`));
  }

  /** Takes back what this instance says of itself. */
  async leave(): Promise<void> {
    const store = this.#options.tokens();
    if (this.#registration > 0) await store.delete(this.#instanceToken(this.#registration));
  }

  async #suspend(): Promise<void> {
    const { tokens, leaseMs } = this.#options;
    const store = tokens();
    // What is stored before it is gone is gone with it.
    await this.#lifting?.catch(() => undefined);
    const start = performance.now();
    const token = ownToken(`${SUSPENDED}${this.id}`);
    // Polls take long beside a silent side. What is still stored the others have known for long.
    if (this.#own && (await store.get(token)) !== undefined) {
      this.#ownSeen = start;
      return;
    }
    this.#own = true;
    try {
      await store.insert(ownRecord(token, null));
    } catch (error) {
      if (codeOf(error) !== 'ALREADY_EXISTS') throw error;
    }
    // Whoever is remembered to read the other side may do so for as long as what it has read is good for.
    const others = (await registeredIn(store)).some(({ id, readsOther }) => readsOther && id !== this.id);
    if (others) await sleep(leaseMs);
    // A poll may have seen it meanwhile, and later.
    this.#ownSeen = Math.max(this.#ownSeen, start);
  }

  /** Renews what is remembered, at once where it would not be true any more. */
  async #register(readsOther: boolean): Promise<void> {
    const start = performance.now();
    const { tokens, self } = this.#options;
    const said = { ...self(), id: this.id, control: this.#control?.version ?? 0 };
    const isNews = readsOther !== this.#saidOther || said.stage !== this.#saidStage;
    if (!isNews && start - this.#renewedAt < RENEW_MS) return;
    const store = tokens();
    const before = this.#registration;
    const next = before + 1;
    // The next one before the last one goes: it is there at every moment.
    await store.insert(ownRecord(this.#instanceToken(next), said, REMEMBERED_MS));
    this.#registration = next;
    this.#renewedAt = start;
    this.#saidOther = readsOther;
    this.#saidStage = said.stage;
    if (before > 0) await store.delete(this.#instanceToken(before));
  }

  #instanceToken(count: number): string {
    return ownToken(`${INSTANCE}${this.id}-${count}`);
  }
}
