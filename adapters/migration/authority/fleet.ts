/**
 * What the instances of one move tell each other through the deciding side: orders, their registrations, and which of them
 * have answered writes whose copies are owed.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Control, IdempotencyStore, RegisteredInstance, Stage } from '../../contract/index.ts';
import { insertOnce, ownRecord, ownRecords, ownToken } from '../sides/owed.ts';

export interface FleetOptions {
  /** The idempotency store of the side that decides now. */
  readonly tokens: () => IdempotencyStore;
  /** Whether this instance obeys orders. */
  readonly follow: boolean;
  /** The registration of this instance. */
  readonly self: () => Self;
  /** How long an instance may rely on what it read, in milliseconds. */
  readonly leaseMs: number;
}

export interface Self extends Omit<RegisteredInstance, 'id' | 'at' | 'control'> {
  /** Whether the instance may read the side that does not decide. */
  readonly readsOther: boolean;
}

type Registered = RegisteredInstance & Pick<Self, 'readsOther'>;

/** How often an instance renews its registration, and how long the registration lasts, in milliseconds. */
const RENEW_MS = 1000;
const REMEMBERED_MS = 10_000;
/** Numbers are padded, so that keys sort in the order of the orders. */
const DIGITS = 6;
const CONTROL = 'control-';
const INSTANCE = 'instance-';
const SUSPENDED = 'suspended-';

export function controlKey(version: number): string {
  return `${CONTROL}${String(version).padStart(DIGITS, '0')}`;
}

/** The latest order with a version greater than `version`. Undefined: there is none. */
export async function orderAfter(store: IdempotencyStore, version: number): Promise<Control | undefined> {
  let latest: Control | undefined;
  for await (const { body, createdAt } of ownRecords(store, CONTROL, controlKey(version)))
    latest = { ...(JSON.parse(body) as Omit<Control, 'at'>), at: createdAt };
  return latest;
}

/** Every instance whose registration has not expired. */
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

/** Stores the registrations on the other side, too. So the fleet is known there before its instances renew them. */
export async function copyRegistrations(from: IdempotencyStore, to: IdempotencyStore): Promise<void> {
  for await (const { token, body } of ownRecords(from, INSTANCE)) {
    if ((await from.get(token)) === undefined) continue;
    await insertOnce(to, ownRecord(token, JSON.parse(body), REMEMBERED_MS));
  }
}

/** The instances that have answered writes whose copies are owed. */
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
  /** When the latest poll began whose answers are known. */
  #asOf = -Infinity;
  #suspended: readonly string[] = [];
  /** Whether this instance has suspended reads, and when it last saw that this was stored. */
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

  /** Whether every answered write can be read on the other side. So this instance may read there. */
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

  /** Whether the latest poll is too old to rely on for reads of the other side. */
  get isStale(): boolean {
    return performance.now() - this.#asOf >= this.#options.leaseMs;
  }

  /** Registers this instance, and reads what others have stored. Rejects with the error of the storage. */
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

  /** Later orders must have a greater version than this one, whichever side decides. */
  obeyed(control: Control): void {
    if (control.version > (this.#control?.version ?? 0)) this.#control = control;
  }

  /** Makes every instance read the deciding side from now on, until `lift`. Resolves when all of them do. */
  async suspend(): Promise<void> {
    if (this.#own && performance.now() - this.#ownSeen < this.#options.leaseMs) return;
    this.#suspending ??= this.#suspend().finally(() => (this.#suspending = undefined));
    await this.#suspending;
  }

  /** Ends the suspension, because every answered write of this instance is on the other side. `isStill` checks it again. */
  async lift(isStill: () => boolean): Promise<void> {
    if (!this.#own) return;
    await this.#suspending;
    if (!this.#own || !isStill()) return;
    this.#own = false;
    const lifting = Promise.resolve(this.#options.tokens().delete(ownToken(`${SUSPENDED}${this.id}`)));
    this.#lifting = lifting;
    await lifting;
  }

  /** Ends the suspensions of instances that are gone. Call it only while nothing is owed. */
  async liftOrphans(): Promise<void> {
    const store = this.#options.tokens();
    const suspended = await suspendedIn(store);
    if (suspended.length === 0) return;
    const alive = new Set((await registeredIn(store)).map(({ id }) => id));
    for (const id of suspended)
      if (id !== this.id && !alive.has(id)) await store.delete(ownToken(`${SUSPENDED}${id}`));
  }

  /** Removes the registration of this instance. */
  async leave(): Promise<void> {
    const store = this.#options.tokens();
    if (this.#registration > 0) await store.delete(this.#instanceToken(this.#registration));
  }

  async #suspend(): Promise<void> {
    const { tokens, leaseMs } = this.#options;
    const store = tokens();
    // A deletion in progress would delete the new record, too.
    await this.#lifting?.catch(() => undefined);
    const start = performance.now();
    const token = ownToken(`${SUSPENDED}${this.id}`);
    // Polls take long beside a silent side. If the record is still stored, the others have known it for long.
    if (this.#own && (await store.get(token)) !== undefined) {
      this.#ownSeen = start;
      return;
    }
    this.#own = true;
    await insertOnce(store, ownRecord(token, null));
    // A registered reader of the other side may rely on its latest poll for so long.
    const others = (await registeredIn(store)).some(({ id, readsOther }) => readsOther && id !== this.id);
    if (others) await sleep(leaseMs);
    // A poll may have seen the record meanwhile, at a later time.
    this.#ownSeen = Math.max(this.#ownSeen, start);
  }

  /** Renews the registration when it is due, or at once if it is no longer true. */
  async #register(readsOther: boolean): Promise<void> {
    const start = performance.now();
    const { tokens, self } = this.#options;
    const said = { ...self(), id: this.id, control: this.#control?.version ?? 0 };
    const isNews = readsOther !== this.#saidOther || said.stage !== this.#saidStage;
    if (!isNews && start - this.#renewedAt < RENEW_MS) return;
    const store = tokens();
    const before = this.#registration;
    const next = before + 1;
    // The next one is stored before the last one is deleted, so the instance is registered at every moment.
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
