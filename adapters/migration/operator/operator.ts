/** Runs a move step by step. If it is interrupted, the next operator continues from what the storages say. */
import { type Outcome, STEP_NAMES, type StepName } from '../../contract/migration/moveSteps.ts';
import { hostname } from 'node:os';
import {
  codeOf,
  isStorageError,
  StorageError,
  type Migration,
  type StorageAdapter,
} from '../../contract/index.ts';
import {
  ACTIONS,
  LOOK_MS,
  markOldSide,
  pause,
  type Acted,
  type ActionContext,
  type Settings,
} from './actions.ts';
import { lastDone, lastUndoable, nextStep } from './course.ts';
import type { Facts } from './facts.ts';
import { gatesOf, type Gate } from './gates.ts';
import { look, SIDE_KEY } from './look.ts';
import {
  DEFAULT_SETTINGS,
  type MoveOperator,
  type OperatorOptions,
  type OperatorStatus,
  type PlannedStep,
  type RollbackResult,
  type StepResult,
} from './options.ts';
import { ownToken } from '../sides/owed.ts';
import { removeOwn } from './ownTokens.ts';
import type { StepProgress } from './progress.ts';
import { nextUndo, targetOf, UNDO } from './rollback.ts';
import { isStepName, STEPS } from './steps.ts';

/**
 * An operator for the move of `adapter`, which has the surface `migration`. It does not close the adapter.
 * Throws TypeError if the adapter lacks that surface, or if an option is wrong.
 */
export function createOperator(adapter: StorageAdapter, options: OperatorOptions = {}): MoveOperator {
  const { migration } = adapter;
  if (migration === undefined)
    throw new TypeError(
      'Expected an adapter with the surface migration: make it with createMigratingAdapter.',
    );
  const operator = new Operator(adapter, migration, options);
  return {
    plan: () => operator.plan(),
    status: () => operator.status(),
    step: (name) => operator.step(name),
    rollback: (to) => operator.rollback(to),
    finish: () => operator.step('finish'),
  };
}

/** The step that measures a gate again. */
const MEASURED = { comparison: 'compare', 'way-back': 'rehearse', debts: 'compare' } as const;

class Operator {
  readonly #adapter: StorageAdapter;
  readonly #migration: Migration;
  readonly #settings: Settings;
  readonly #owner: string;
  readonly #signal: AbortSignal;
  readonly #onProgress: (progress: StepProgress) => void;
  #isBusy = false;

  constructor(
    adapter: StorageAdapter,
    migration: Migration,
    { owner, signal, onProgress, ...settings }: OperatorOptions,
  ) {
    this.#adapter = adapter;
    this.#migration = migration;
    this.#settings = { ...DEFAULT_SETTINGS, ...settings };
    this.#owner = owner ?? `${hostname()}:${process.pid}`;
    this.#signal = signal ?? new AbortController().signal;
    this.#onProgress = onProgress ?? (() => undefined);
  }

  async plan(): Promise<readonly PlannedStep[]> {
    const facts = await look(this.#migration, { schema: true });
    const last = lastDone(facts);
    const next = nextStep(facts);
    return STEPS.map(({ name, does, risks, back, gates: needs }) => {
      const isDone = last !== undefined && STEP_NAMES.indexOf(name) <= STEP_NAMES.indexOf(last);
      const state = isDone ? 'done' : name === next ? 'next' : 'later';
      const gates = state === 'next' ? gatesOf(name, facts, this.#settings) : [];
      return { name, state, does, risks, back, needs, gates };
    });
  }

  async status(): Promise<OperatorStatus> {
    const facts = await look(this.#migration);
    return {
      lastDone: lastDone(facts),
      next: nextStep(facts),
      undoable: facts.status.authority.finished ? undefined : lastUndoable(facts),
      facts,
    };
  }

  async step(name: StepName): Promise<StepResult> {
    requireStep(name);
    return this.#alone(async () => {
      const startedAt = performance.now();
      const recovered = await this.#recover();
      const result = await this.#take(name);
      return { ...result, found: [...recovered, ...result.found], ms: performance.now() - startedAt };
    });
  }

  async rollback(to?: StepName): Promise<RollbackResult> {
    if (to !== undefined) requireStep(to);
    return this.#alone(async () => {
      const undone: RollbackResult['undone'][number][] = [];
      let found = await this.#recover();
      let facts = await look(this.#migration);
      if (facts.status.authority.finished) throw finished();
      const last = lastUndoable(facts);
      const target = to ?? (last === undefined ? 'schema' : targetOf(last));
      for (;;) {
        const undo = nextUndo(facts, target);
        if (undo === undefined) return { undone, outcome: undone.length > 0 ? 'done' : 'unneeded' };
        const startedAt = performance.now();
        const acted = await this.#act(() => UNDO[undo](this.#context()));
        const outcome = outcomeOf(acted);
        undone.push({
          step: undo,
          outcome,
          figures: acted.figures,
          gates: acted.short,
          found: [...found, ...acted.found],
          ms: performance.now() - startedAt,
        });
        found = [];
        if (outcome !== 'done') return { undone, outcome };
        facts = await look(this.#migration);
      }
    });
  }

  async #take(name: StepName): Promise<Omit<StepResult, 'ms'>> {
    const marked = name === 'schema' && (await markOldSide(this.#migration));
    const facts = await look(this.#migration);
    if (this.#isDone(name, facts))
      return { step: name, outcome: 'unneeded', gates: [], figures: {}, found: [] };
    const { gates, found } = await this.#gates(name);
    if (gates.some(({ passed }) => !passed)) {
      if (marked) await removeOwn(this.#migration.old, SIDE_KEY);
      const outcome = this.#signal.aborted ? 'stopped' : 'refused';
      return { step: name, outcome, gates, figures: {}, found };
    }
    const acted = await this.#act(() => ACTIONS[name](this.#context()));
    return {
      step: name,
      outcome: outcomeOf(acted),
      gates: [...gates, ...acted.short],
      figures: acted.figures,
      found: [...found, ...acted.found],
    };
  }

  /** The gates of a step. Waits for gates that pass by themselves, and measures again, once, what must be fresh. */
  async #gates(
    name: StepName,
  ): Promise<{ readonly gates: readonly Gate[]; readonly found: readonly string[] }> {
    const startedAt = performance.now();
    const due = new Set<string>(Object.values(MEASURED));
    const found: string[] = [];
    for (;;) {
      const facts = await look(this.#migration, { schema: name === 'schema' });
      const gates = gatesOf(name, facts, this.#settings);
      const short = gates.filter(({ passed }) => !passed);
      const [first] = short.filter((gate) => !isMeasured(gate));
      if (this.#signal.aborted || short.length === 0) return { gates, found };
      if (first === undefined) {
        const measures = short.map((gate) => MEASURED[gate.name as keyof typeof MEASURED]);
        const measure = measures.find((one) => due.delete(one));
        if (measure === undefined) return { gates, found };
        const { found: more, short: refused } = await this.#act(() => ACTIONS[measure](this.#context()));
        found.push(...more);
        if (refused.length > 0) return { gates: [...gates, ...refused], found };
        continue;
      }
      const passes = short.every((gate) => isMeasured(gate) || PASSING.includes(gate.name));
      if (!passes || performance.now() - startedAt >= this.#patience(short)) return { gates, found };
      await pause(LOOK_MS, this.#signal);
    }
  }

  /** How long to wait for these gates. It is longer if enough instances have registered: some of them may be gone. */
  #patience(short: readonly Gate[]): number {
    const { waitMs } = this.#settings;
    const isRemembered = short.some(
      ({ name, figures: { registered, expected } }) =>
        name === 'fleet' && Number(registered) >= Number(expected),
    );
    return isRemembered ? FORGOTTEN_AFTER * waitMs : waitMs;
  }

  /** Whether nothing is left to do. Steps that only measure or copy can be taken again until the new side decides. */
  #isDone(name: StepName, facts: Facts): boolean {
    const last = lastDone(facts);
    if (last === undefined || STEP_NAMES.indexOf(name) > STEP_NAMES.indexOf(last)) return false;
    if (facts.status.authority.finished) return true;
    if (name === 'compare') return false;
    return facts.status.authority.decides === 'new' || (name !== 'backfill' && name !== 'rehearse');
  }

  /** Runs it as the only operator. */
  async #alone<T>(action: () => Promise<T>): Promise<T> {
    if (this.#isBusy) throw busy(this.#owner);
    this.#isBusy = true;
    try {
      await this.#migration.operate(this.#owner);
      // An instance registers from its first call on.
      await this.#adapter.idempotencyStore?.get(ownToken('operator'));
      try {
        return await action();
      } finally {
        // If that fails the lock expires by itself.
        await Promise.resolve(this.#migration.retire()).catch(() => undefined);
      }
    } finally {
      this.#isBusy = false;
    }
  }

  /** If the last operator died during a hand over, one side has to decide first. */
  async #recover(): Promise<string[]> {
    const { authority } = await this.#migration.status();
    if (authority.decides !== undefined) return [];
    const { decides, epoch } = await this.#migration.giveBack();
    return [
      `a hand over was interrupted, and neither side decided; the ${decides} side decides again, in epoch ${epoch}`,
    ];
  }

  /** Turns a refusal of the storages into a gate that did not pass. */
  async #act(action: () => Promise<Acted>): Promise<Acted> {
    const until = performance.now() + this.#settings.waitMs;
    try {
      for (;;) {
        try {
          return await action();
        } catch (error) {
          // An instance that was just opened may not know the order yet.
          const isBehind = isStorageError(error) && typeof error.details['stage'] === 'string';
          if (!isBehind || performance.now() >= until || this.#signal.aborted) throw error;
          await pause(LOOK_MS, this.#signal);
        }
      }
    } catch (error) {
      const isOther = isStorageError(error) && 'owner' in error.details;
      if (codeOf(error) !== 'CONFLICT' || isOther) throw error;
      const { message } = error as StorageError;
      const livesUntil = isStorageError(error) ? error.details['livesUntil'] : undefined;
      const gate: Gate =
        typeof livesUntil === 'string'
          ? { name: 'lifetimes', passed: false, figures: { livesUntil }, says: message, todo: TOO_EARLY }
          : { name: 'storages', passed: false, figures: {}, says: message, todo: REFUSED };
      return { figures: {}, short: [gate], found: failuresIn(error), stopped: false };
    }
  }

  #context(): ActionContext {
    return {
      migration: this.#migration,
      settings: this.#settings,
      signal: this.#signal,
      progress: this.#onProgress,
      keepLock: async () => void (await this.#migration.operate(this.#owner)),
    };
  }
}

const TOO_EARLY =
  'Wait until then: whoever repeats a request gets its first answer. Or say --now (despiteLifetimes), if nobody will.';
/** After so many times the usual wait, the registration of an instance that is gone has expired. */
const FORGOTTEN_AFTER = 4;

/** Gates that may pass a moment later. */
const PASSING: readonly string[] = ['fleet', 'sections'];

function isMeasured({ name }: Gate): boolean {
  return name in MEASURED;
}

const REFUSED =
  'The storages themselves enforce this gate. Do what the message says, and take the step again.';

/** The records that could not be copied, according to the error. */
function failuresIn(error: unknown): string[] {
  const failed = isStorageError(error) ? error.details['failed'] : undefined;
  if (!Array.isArray(failed)) return [];
  return failed.map(({ kind, id, reason }) => `${kind} ${JSON.stringify(id)}: ${reason}`);
}

function outcomeOf({ short, stopped }: Acted): Outcome {
  return stopped ? 'stopped' : short.length > 0 ? 'refused' : 'done';
}

function requireStep(name: string): void {
  if (isStepName(name)) return;
  throw new StorageError(
    'INVALID_RECORD',
    `Expected a step, one of ${STEP_NAMES.join(', ')}, got ${JSON.stringify(name)?.slice(0, 80)}. Nothing was changed.`,
  );
}

function busy(owner: string): StorageError {
  return new StorageError(
    'CONFLICT',
    `Expected to be the only operator of this move, but this one (${owner}) is at work on another call. Wait until it has ended.`,
    { details: { owner } },
  );
}

function finished(): StorageError {
  return new StorageError(
    'CONFLICT',
    'Expected a move that is not finished, but this one is: the new side decides for good, and the old one has nothing of what was written since. Nothing was changed. To go back, move from the new side to the old storage, emptied, as a move of its own.',
  );
}
