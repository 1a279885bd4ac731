/** Stores what writes owe together with them, and makes the copies once the writes have happened. */
import { AsyncResource } from 'node:async_hooks';
import {
  codeOf,
  type Awaitable,
  type ExportJobStore,
  type IdempotencyStore,
  type RepairProgress,
} from '../../contract/index.ts';
import { Copier } from './copier.ts';
import { jobsApart } from './copy.ts';
import { Debts } from './debts.ts';
import { entryOf, isAnyJob, isNamed, recordKey, type Owed } from '../sides/owed.ts';
import type { Patience } from './patience.ts';
import { Later } from './later.ts';
import { Ledger } from './ledger.ts';
import { AT_ONCE, failureOf, Repairs } from './repairs.ts';
import { isOfOne, Together } from './together.ts';
import { both, type Sides } from '../sides/sides.ts';
import type { Write } from '../sides/tracked.ts';

export interface OutboxOptions {
  readonly sides: Sides;
  /** The idempotency store of the deciding side, where the entries are. */
  readonly store: IdempotencyStore;
  /** How long a write of the deciding side takes at most, in milliseconds. */
  readonly writeBoundMs: number;
  /** How long a copy waits at most for other copies of its record, in milliseconds. */
  readonly copyBoundMs: number;
  readonly patience: Patience;
  /** Called and awaited before a write is answered whose copy is owed. */
  readonly onOwed: () => Promise<void>;
  /** How long anything waits for the other side before `onOwed` is called in advance, in milliseconds. */
  readonly doubtMs: number;
  /** Called when this instance knows of nothing that is owed any more. */
  readonly onClear: () => void;
}

/** What a section owes. */
export interface Entry {
  readonly token: string;
  readonly owed: readonly Owed[];
  /** Whether the section is known to have committed. */
  readonly isKnown: boolean;
}

/** The state of a section's copies so far. */
interface Tried {
  readonly together: Together | undefined;
  readonly isAway: boolean;
}

/** How many debts are looked at again at once. */
const LOOKED_AT = 20;

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #outside = new AsyncResource('lockstep.migration');
  readonly #copier: Copier;
  readonly #ledger: Ledger;
  readonly #debts = new Debts();
  /** Writes in progress of which the other side may show only a part. Nobody reads that side meanwhile. */
  readonly #suspending = new Set<object>();
  readonly #repairs: Repairs;
  /** Why the last attempt to copy a record failed. */
  readonly #reasons = new Map<string, string>();
  readonly #later: Later = new Later(() => this.#cleared());

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#copier = new Copier(options.sides, options.copyBoundMs);
    this.#ledger = new Ledger(options.store, options.writeBoundMs);
    this.#repairs = this.#newRepairs();
  }

  /** Whether this instance knows of nothing that is owed. */
  get isClear(): boolean {
    return this.#later.isIdle && this.#debts.isEmpty && this.#suspending.size === 0;
  }

  /**
   * Runs a write of the deciding side outside sections. The intent is stored before the write. If the process dies in between,
   * the record is owed, whether it was written or not. The fate of the copy does not change the answer.
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
    // If the deciding side fails, too, the intent stays, and repair treats it as an interrupted write.
    await this.#aside(() => this.#written(intent.token, known === undefined ? [] : [known])).catch(
      () => undefined,
    );
    return answer;
  };

  get doubtMs(): number {
    return this.#options.doubtMs;
  }

  /** Keeps everybody from reading the other side until `resumeFor` is called for the same write and nothing is owed. */
  async suspendFor(write: object): Promise<void> {
    this.#suspending.add(write);
    await this.#aside(this.#options.onOwed);
  }

  resumeFor(write: object): void {
    if (this.#suspending.delete(write)) this.#cleared();
  }

  /** The copies that these entries owe. Undefined: none of the entries has committed. */
  async together(entries: readonly Entry[]): Promise<Together | undefined> {
    const committed = await this.#aside(() => this.#committed(entries));
    if (committed.length === 0) return undefined;
    return new Together(
      this.#options.sides.from,
      committed.flatMap(({ owed }) => owed),
    );
  }

  /**
   * Copies what a section owes, and removes its entries. `together` are copies that were made already: only records that have
   * changed since are copied again. `isAway` says that the other side has just failed to take the copies. If a copy fails, its
   * entry stays for repair.
   */
  async settle(entries: readonly Entry[], { together, isAway }: Tried): Promise<void> {
    await this.#aside(async () => {
      const committed = await this.#committed(entries);
      if (committed.length === 0) return;
      const owed = committed.flatMap((entry) => entry.owed);
      const copying = async (): Promise<boolean> => {
        try {
          // An answer does not wait for the other side twice.
          if (isAway) return this.#oweAll(committed);
          if (together === undefined) await this.#copyAll(owed);
          else await this.#copyEach(await together.changed());
          await Promise.all(committed.map(({ token }) => this.#remove(token)));
          return true;
        } catch {
          return this.#oweAll(committed);
        }
      };
      await this.#promptly(copying);
    }).catch(() => undefined);
  }

  /** See Migration. */
  async repair(limit: number, perSecond?: number): Promise<RepairProgress> {
    return this.#aside(async () => {
      if (this.#repairs.isEmpty) await this.#repairs.fill(this.#ledger.everyDue());
      const { repaired, failed } = await this.#repairs.run(limit, perSecond);
      return { repaired, owed: this.#repairs.owed, failed };
    });
  }

  /**
   * Copies everything that is owed, including intents of any age. Call it only while nobody writes. Returns how many records
   * were copied, and which could not be copied.
   */
  async drain(): Promise<{ readonly copied: number; readonly failed: RepairProgress['failed'] }> {
    const repairs = this.#newRepairs((copying) => this.#options.patience.whileAnswering(copying));
    let copied = 0;
    for (;;) {
      await repairs.fill(this.#ledger.everyEntry());
      if (repairs.isEmpty) return { copied, failed: [] };
      while (!repairs.isEmpty) {
        // Nobody can write meanwhile, so the first failure ends this: waiting for a silent side again would take too long.
        const progress = await repairs.run(AT_ONCE);
        copied += progress.copied;
        if (progress.failed.length > 0) return { copied, failed: progress.failed };
      }
    }
  }

  /** Copies one record without a bound on the time. */
  async copy(owed: Owed): Promise<boolean> {
    return this.#copier.copy(owed);
  }

  /** Returns how much is owed. It also works while the other side is down. */
  async owed(): ReturnType<Ledger['owed']> {
    return this.#ledger.owed(this.#reasons);
  }

  /** Looks again at known debts: others may have repaired them, and the other side may be prompt again. */
  async lookAgain(): Promise<void> {
    for (const token of this.#debts.some(LOOKED_AT))
      if ((await this.#options.store.get(token)) === undefined) this.#debts.removed(token);
    this.#cleared();
  }

  #newRepairs(waited?: (copying: () => Promise<boolean>) => Promise<boolean>): Repairs {
    const { store, patience } = this.#options;
    const within = waited ?? ((copying: () => Promise<boolean>) => patience.within(copying));
    return new Repairs({
      store,
      copy: async (owed) => {
        try {
          const changed = isAnyJob(owed)
            ? await this.#copyJobs()
            : await within(() => this.#copier.copy(owed));
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

  /** Copies each job within a bound of its own, because there may be many. */
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

  /** Copies what was written, or leaves the copy to repair. */
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

  /** The entries of committed sections. If that is not known of a section, its entry is stored only if it has committed. */
  async #committed(entries: readonly Entry[]): Promise<readonly Entry[]> {
    const { store } = this.#options;
    const known = await Promise.all(
      entries.map(async ({ isKnown, token }) => isKnown || (await store.get(token)) !== undefined),
    );
    return entries.filter((_, index) => known[index]);
  }

  /**
   * Waits for a copy if the other side is prompt. Otherwise the copy is made later, and is owed until then. Reads are suspended
   * in advance if the copy takes long, so that an answer which has waited for its copy need not wait for that as well.
   */
  async #promptly(copying: () => Promise<boolean>): Promise<void> {
    const { patience, onOwed, doubtMs } = this.#options;
    const isLater = patience.isAnswering && !patience.isPrompt && this.#later.hasRoom;
    // If an entry cannot be removed or stored, repair finds it.
    if (isLater) this.#later.add(copying);
    const doubt = setTimeout(() => void this.suspendFor(copying).catch(() => undefined), doubtMs);
    try {
      if (isLater || !(await copying())) await onOwed();
    } finally {
      clearTimeout(doubt);
      this.resumeFor(copying);
    }
  }

  /**
   * Makes all copies within one bound, so that no answer waits longer. Rejects if the other side takes longer. Several copies
   * become visible together, or nobody reads that side meanwhile.
   */
  async #copyAll(owed: readonly Owed[]): Promise<void> {
    const { patience, onOwed } = this.#options;
    const before = this.#debts.before(owed);
    if (owed.length > 1) {
      try {
        await patience.within(() => this.#copier.copyTogether(owed));
        this.#forget(this.#debts.copied(before));
        return;
      } catch (error) {
        if (!isOfOne(error)) throw error;
        await onOwed();
      }
    }
    await this.#copyEach(owed);
  }

  async #copyEach(owed: readonly Owed[]): Promise<void> {
    const before = this.#debts.before(owed);
    if (owed.length > 0) await this.#options.patience.within(() => this.#copier.copyAll(owed));
    this.#forget(this.#debts.copied(before));
  }

  #oweAll(entries: readonly Entry[]): false {
    for (const entry of entries) this.#owe(entry.token, entry.owed);
    return false;
  }

  #owe(token: string, owed: readonly Owed[]): void {
    this.#forget(this.#debts.owe(token, owed));
  }

  /** Removes superseded entries. Nobody waits for it, and repair finds the entries that are left. */
  #forget(tokens: readonly string[]): void {
    for (const token of tokens) void this.#remove(token);
    this.#cleared();
  }

  async #remove(token: string): Promise<void> {
    await this.#aside(() => this.#options.store.delete(token)).catch(() => false);
  }

  #cleared(): void {
    // While copies are made later, the next write would suspend reads again, which takes time.
    if (this.isClear && this.#options.patience.isPrompt) this.#options.onClear();
  }

  /** Runs the action outside the caller's section, because everybody must see its effects at once. */
  #aside<T>(action: () => Awaitable<T>): Promise<T> {
    return this.#outside.runInAsyncScope(async () => action());
  }
}

/** Whether the error says that nothing was written. After an error without a code, or a lost commit, that is unknown. */
function nothingHappened(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && code !== 'OUTCOME_UNKNOWN';
}
