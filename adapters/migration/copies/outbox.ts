/** Stores what is owed beside the writes that owe it, and copies it once they have happened. */
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
  /** Of the deciding side, where the entries are. */
  readonly store: IdempotencyStore;
  /** How long a write of the deciding side takes at most, in milliseconds. */
  readonly writeBoundMs: number;
  /** The longest that a copy waits for others of its record, in milliseconds. */
  readonly copyBoundMs: number;
  readonly patience: Patience;
  /** Called before a write is answered whose copy is owed, and awaited. */
  readonly onOwed: () => Promise<void>;
  /** How long anything waits for the other side before `onOwed` is called in advance, in milliseconds. */
  readonly doubtMs: number;
  /** Called when nothing is owed any more that this instance knows of. */
  readonly onClear: () => void;
}

/** What a section owes. */
export interface Entry {
  readonly token: string;
  readonly owed: readonly Owed[];
  /** Whether the section is known to have committed. */
  readonly isKnown: boolean;
}

/** What has become of the copies of a section so far. */
interface Tried {
  readonly together: Together | undefined;
  readonly isAway: boolean;
}

/** Debts that are looked at again at once. */
const LOOKED_AT = 20;

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #outside = new AsyncResource('lockstep.migration');
  readonly #copier: Copier;
  readonly #ledger: Ledger;
  readonly #debts = new Debts();
  /** Writes under way that may be seen in parts on the other side, which nobody reads meanwhile. */
  readonly #suspending = new Set<object>();
  readonly #repairs: Repairs;
  /** Why the last try to copy a record failed. */
  readonly #reasons = new Map<string, string>();
  readonly #later: Later = new Later(() => this.#cleared());

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#copier = new Copier(options.sides, options.copyBoundMs);
    this.#ledger = new Ledger(options.store, options.writeBoundMs);
    this.#repairs = this.#newRepairs();
  }

  /** Whether nothing is owed that this instance knows of. */
  get isClear(): boolean {
    return this.#later.isIdle && this.#debts.isEmpty && this.#suspending.size === 0;
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

  get doubtMs(): number {
    return this.#options.doubtMs;
  }

  /** Nobody reads the other side from now on, until `resumeFor` is called with the same, and nothing is owed. */
  async suspendFor(write: object): Promise<void> {
    this.#suspending.add(write);
    await this.#aside(this.#options.onOwed);
  }

  resumeFor(write: object): void {
    if (this.#suspending.delete(write)) this.#cleared();
  }

  /** What is to be written to the other side of these entries; undefined: none of them has committed. */
  async together(entries: readonly Entry[]): Promise<Together | undefined> {
    const committed = await this.#aside(() => this.#committed(entries));
    if (committed.length === 0) return undefined;
    return new Together(
      this.#options.sides.from,
      committed.flatMap(({ owed }) => owed),
    );
  }

  /**
   * Copies what a section owes and removes its entries. `together`: it was copied already, unless it has changed since;
   * `isAway`: the other side has just not taken it. An entry whose copy fails stays, for repair.
   */
  async settle(entries: readonly Entry[], { together, isAway }: Tried): Promise<void> {
    await this.#aside(async () => {
      const committed = await this.#committed(entries);
      if (committed.length === 0) return;
      const owed = committed.flatMap((entry) => entry.owed);
      const copying = async (): Promise<boolean> => {
        try {
          // No answer waits for it twice.
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
   * Copies everything that is owed, intents of any age too: when nobody writes. How many records were copied, and what could
   * not be.
   */
  async drain(): Promise<{ readonly copied: number; readonly failed: RepairProgress['failed'] }> {
    const repairs = this.#newRepairs((copying) => this.#options.patience.whileAnswering(copying));
    let copied = 0;
    for (;;) {
      await repairs.fill(this.#ledger.everyEntry());
      if (repairs.isEmpty) return { copied, failed: [] };
      while (!repairs.isEmpty) {
        // Nobody can write meanwhile: what fails first ends it, before a silent side is waited for again.
        const progress = await repairs.run(AT_ONCE);
        copied += progress.copied;
        if (progress.failed.length > 0) return { copied, failed: progress.failed };
      }
    }
  }

  /** Copies one record, however long it takes. */
  async copy(owed: Owed): Promise<boolean> {
    return this.#copier.copy(owed);
  }

  /** How much is owed; also while the other side is down. */
  async owed(): ReturnType<Ledger['owed']> {
    return this.#ledger.owed(this.#reasons);
  }

  /** Others may have repaired what this instance knows to be owed, and the other side may be prompt again. */
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

  /** An entry that is not stored, of a section that is not known to have committed, is that of one which has not. */
  async #committed(entries: readonly Entry[]): Promise<readonly Entry[]> {
    const { store } = this.#options;
    const known = await Promise.all(
      entries.map(async ({ isKnown, token }) => isKnown || (await store.get(token)) !== undefined),
    );
    return entries.filter((_, index) => known[index]);
  }

  /**
   * Waits for a copy where that is worth it; else it is made later, and is owed until then. The others are told in time, so
   * that no answer waits for that after it has waited for its copy.
   */
  async #promptly(copying: () => Promise<boolean>): Promise<void> {
    const { patience, onOwed, doubtMs } = this.#options;
    const isLater = patience.isAnswering && !patience.isPrompt && this.#later.hasRoom;
    // An entry that cannot be removed, or stored, is found by repair.
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
   * All of them within one bound: no answer waits longer for its copies. Rejects where the other side takes longer. Several
   * are there together, or nobody reads that side meanwhile.
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

  /** Removes entries that say nothing any more; nobody waits for it, and repair finds what is left. */
  #forget(tokens: readonly string[]): void {
    for (const token of tokens) void this.#remove(token);
    this.#cleared();
  }

  async #remove(token: string): Promise<void> {
    await this.#aside(() => this.#options.store.delete(token)).catch(() => false);
  }

  #cleared(): void {
    // While nobody waits for a copy the next write would owe one, and make everybody wait for the others to know it.
    if (this.isClear && this.#options.patience.isPrompt) this.#options.onClear();
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
