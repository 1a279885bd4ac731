/** Stores what is owed beside the writes that owe it, and copies it once they have happened. */
import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import {
  codeOf,
  toMicros,
  type Awaitable,
  type ExportJobStore,
  type IdempotencyRecord,
  type IdempotencyStore,
  type OwedRecord,
  type RepairProgress,
} from '../../contract/index.ts';
import { Copier } from './copier.ts';
import { jobsApart } from './copy.ts';
import { Debts } from './debts.ts';
import {
  entryOf,
  everyEntry,
  isAnyJob,
  isNamed,
  owedIn,
  ownRecord,
  ownToken,
  recordKey,
  type Owed,
} from '../sides/owed.ts';
import type { Patience } from './patience.ts';
import { failureOf, Repairs } from './repairs.ts';
import { both, type Sides } from '../sides/sides.ts';
import type { Write } from '../sides/tracked.ts';

export interface OutboxOptions {
  readonly sides: Sides;
  /** Of the deciding side, where the entries are. */
  readonly store: IdempotencyStore;
  /** How long a write of the deciding side takes at most, in milliseconds. */
  readonly writeBoundMs: number;
  /** The longest that a copy waits for others of its record, in milliseconds. */
  readonly copyBoundMs: number;
  readonly patience: Patience;
  /** Called before a write is answered whose copy is owed, and awaited. */
  readonly onOwed: () => Promise<void>;
  /** Called when nothing is owed any more that this instance knows of. */
  readonly onClear: () => void;
}

/** What is copied when nobody waits for it. */
const AT_ONCE = 4;
const MOST_WAITING = 1000;
/** What is told of debts, and looked at again at once. */
const SHOWN = 20;
const LOOKED_AT = 20;

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #outside = new AsyncResource('lockstep.migration');
  readonly #copier: Copier;
  readonly #debts = new Debts();
  readonly #repairs: Repairs;
  /** Why the last try to copy a record failed. */
  readonly #reasons = new Map<string, string>();
  readonly #later: (() => Promise<boolean>)[] = [];
  #running = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#copier = new Copier(options.sides, options.copyBoundMs);
    this.#repairs = this.#newRepairs();
  }

  /** Whether nothing is owed that this instance knows of. */
  get isClear(): boolean {
    return this.#debts.isEmpty && this.#running === 0 && this.#later.length === 0;
  }

  /**
   * Runs a write of the deciding side outside sections. The intent is stored before it, so that a process that dies in
   * between owes what it may have written. What becomes of the copy changes nothing of the answer.
   */
  readonly around: Write = async (owed, write, learned) => {
    if (!isNamed(owed)) return write();
    const intent = entryOf('intent', [owed]);
    await this.#aside(() => this.#options.store.insert(intent));
    let answer;
    try {
      answer = await write();
    } catch (error) {
      if (nothingHappened(error)) await this.#remove(intent.token);
      throw error;
    }
    const known = learned === undefined ? owed : learned(answer);
    // Where the deciding side fails too, the intent stays, and repair takes it for a write that nobody will end.
    await this.#aside(() => this.#written(intent.token, known === undefined ? [] : [known])).catch(
      () => undefined,
    );
    return answer;
  };

  /**
   * Copies what a section owes and removes its entry. `isKnown`: the section has committed; else an entry that is not stored
   * is that of one which has not. One whose copy fails stays, for repair.
   */
  async settle(token: string, owed: readonly Owed[], isKnown: boolean): Promise<void> {
    await this.#aside(async () => {
      if (!isKnown && (await this.#options.store.get(token)) === undefined) return;
      const copying = async (): Promise<boolean> => {
        try {
          await this.#copyAll(owed);
          await this.#remove(token);
          return true;
        } catch {
          this.#owe(token, owed);
          return false;
        }
      };
      await this.#promptly(copying);
    }).catch(() => undefined);
  }

  /** See Migration. */
  async repair(limit: number, perSecond?: number): Promise<RepairProgress> {
    return this.#aside(async () => {
      if (this.#repairs.isEmpty) await this.#repairs.fill(this.#everyDue());
      const { repaired, failed } = await this.#repairs.run(limit, perSecond);
      return { repaired, owed: this.#repairs.owed, failed };
    });
  }

  /**
   * Copies everything that is owed, intents of any age too: when nobody writes. How many records were copied, and what could
   * not be.
   */
  async drain(): Promise<{ readonly copied: number; readonly failed: RepairProgress['failed'] }> {
    const repairs = this.#newRepairs();
    let copied = 0;
    for (;;) {
      await repairs.fill(this.#everyEntry());
      if (repairs.isEmpty) return { copied, failed: [] };
      const progress = await repairs.run(Infinity);
      copied += progress.copied;
      if (progress.failed.length > 0) return { copied, failed: progress.failed };
    }
  }

  /** Copies one record, however long it takes. */
  async copy(owed: Owed): Promise<boolean> {
    return this.#copier.copy(owed);
  }

  /** How much is owed; also while the other side is down. */
  async owed(): Promise<{ count: number; oldestMs: number; first: OwedRecord[] }> {
    const first = new Map<string, OwedRecord>();
    let count = 0;
    let oldest: bigint | undefined;
    for await (const entry of this.#everyEntry()) {
      count += 1;
      const at = toMicros(entry.createdAt);
      if (oldest === undefined || at < oldest) oldest = at;
      for (const owed of first.size < SHOWN ? owedIn(entry) : []) {
        const reason = this.#reasons.get(recordKey(owed));
        const id = owed.id === undefined ? {} : { id: owed.id };
        first.set(recordKey(owed), {
          kind: owed.kind,
          ...id,
          ...(reason === undefined ? {} : { reason }),
        });
      }
    }
    const oldestMs = oldest === undefined ? 0 : Math.max(0, Number((await this.#now()) - oldest) / 1000);
    return { count, oldestMs, first: [...first.values()] };
  }

  /** Others may have repaired what this instance knows to be owed. */
  async lookAgain(): Promise<void> {
    for (const token of this.#debts.some(LOOKED_AT))
      if ((await this.#options.store.get(token)) === undefined) this.#debts.removed(token);
    this.#cleared();
  }

  #newRepairs(): Repairs {
    const { store, patience } = this.#options;
    return new Repairs({
      store,
      copy: async (owed) => {
        try {
          const changed = isAnyJob(owed)
            ? await this.#copyJobs()
            : await patience.within(() => this.#copier.copy(owed));
          this.#reasons.delete(recordKey(owed));
          return changed;
        } catch (error) {
          this.#reasons.set(recordKey(owed), failureOf(owed, error).reason);
          throw error;
        }
      },
      onRemoved: (token) => {
        this.#debts.removed(token);
        this.#cleared();
      },
    });
  }

  /** Each within a bound: there may be many. */
  async #copyJobs(): Promise<boolean> {
    const { sides, patience } = this.#options;
    const jobs = both(sides, 'jobs');
    if (jobs === undefined) return false;
    const scan: ExportJobStore['scan'] = (request) => patience.within(async () => jobs.to.scan(request));
    let changed = false;
    for await (const id of jobsApart(jobs.from, { scan })) {
      const copied = await patience.within(() => this.#copier.copy({ kind: 'jobs', id }));
      changed ||= copied;
    }
    return changed;
  }

  async *#everyEntry(): AsyncGenerator<IdempotencyRecord> {
    yield* everyEntry(this.#options.store, 'intent');
    yield* everyEntry(this.#options.store, 'owed');
  }

  /** Entries of writes that have happened, or that no writer can be at any more. */
  async *#everyDue(): AsyncGenerator<IdempotencyRecord> {
    yield* everyEntry(this.#options.store, 'owed');
    let now: bigint | undefined;
    for await (const entry of everyEntry(this.#options.store, 'intent')) {
      now ??= await this.#now();
      if (now - toMicros(entry.createdAt) > BigInt(this.#options.writeBoundMs) * 1000n) yield entry;
    }
  }

  /** The time of the deciding side, in microseconds: that of a record which it stamps. */
  async #now(): Promise<bigint> {
    const { store } = this.#options;
    const token = ownToken(`clock-${randomUUID()}`);
    const { createdAt } = await store.insert(ownRecord(token, null));
    await store.delete(token);
    return toMicros(createdAt);
  }

  /** Copies what was written, or leaves it to repair. */
  async #written(intent: string, owed: readonly Owed[]): Promise<void> {
    const copying = async (): Promise<boolean> => {
      let isThere = true;
      try {
        await this.#copyAll(owed);
      } catch {
        isThere = false;
        const entry = entryOf('owed', owed);
        await this.#options.store.insert(entry);
        this.#owe(entry.token, owed);
      }
      await this.#remove(intent);
      return isThere;
    };
    if (owed.length === 0) await this.#remove(intent);
    else await this.#promptly(copying);
  }

  /** Waits for a copy where that is worth it; else it is made later, and is owed until then. */
  async #promptly(copying: () => Promise<boolean>): Promise<void> {
    const { patience, onOwed } = this.#options;
    const isLater = patience.isAnswering && !patience.isPrompt && this.#later.length < MOST_WAITING;
    if (isLater) this.#enqueue(copying);
    if (isLater || !(await copying())) await onOwed();
  }

  #enqueue(copying: () => Promise<boolean>): void {
    this.#later.push(copying);
    if (this.#running < AT_ONCE) void this.#runLater();
  }

  async #runLater(): Promise<void> {
    this.#running += 1;
    for (let next = this.#later.shift(); next !== undefined; next = this.#later.shift())
      // An entry that cannot be removed, or stored, is found by repair.
      await next().catch(() => false);
    this.#running -= 1;
    this.#cleared();
  }

  /** All of them within one bound: no answer waits longer for its copies. Rejects where the other side takes longer. */
  async #copyAll(owed: readonly Owed[]): Promise<void> {
    const before = this.#debts.before(owed);
    await this.#options.patience.within(() => this.#copier.copyAll(owed));
    this.#forget(this.#debts.copied(before));
  }

  #owe(token: string, owed: readonly Owed[]): void {
    this.#forget(this.#debts.owe(token, owed));
  }

  /** Removes entries that say nothing any more; nobody waits for it, and repair finds what is left. */
  #forget(tokens: readonly string[]): void {
    for (const token of tokens) void this.#remove(token);
    this.#cleared();
  }

  async #remove(token: string): Promise<void> {
    await this.#aside(() => this.#options.store.delete(token)).catch(() => false);
  }

  #cleared(): void {
    if (this.isClear) this.#options.onClear();
  }

  /** In no section, whoever calls from within one: what is done there has to be there for everybody at once. */
  #aside<T>(action: () => Awaitable<T>): Promise<T> {
    return this.#outside.runInAsyncScope(async () => action());
  }
}

/** Whether the error says so. Without a code, or after a lost commit, nobody knows. */
function nothingHappened(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && code !== 'OUTCOME_UNKNOWN';
}
