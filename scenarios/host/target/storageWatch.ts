/** Asks whether the storage can be read and written, before a failure is blamed on the adapter. */
import { errorText } from '../../errorText.ts';
import { idOfRule, type Json, type Surface } from '../../../adapters/contract/index.ts';
import { hasCode, LockstepError } from '../../lockstepError.ts';
import { PLAIN_CALLS_BOUND_MS } from '../process/bounds.ts';
import type { LoadedTarget } from '../process/commands.ts';
import type { Host, OpenedInstance } from '../process/host.ts';
import { plainCalls, type PlainCalls } from '../running/plainCalls.ts';
import type { Caught } from '../language/history.ts';
import { runProgram } from '../running/run.ts';

/** Errors that show a bug in the adapter, whatever the state of the storage is. */
const PROGRAMMING_ERRORS = ['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError'];

export interface StorageWatchOptions {
  /** The host that started the service. */
  readonly steward: Host;
  readonly connection: Json;
  readonly loaded: Pick<LoadedTarget, 'hasStorageCheck' | 'ids'>;
  /** The prefix of the names of namespaces: `[a-z0-9_]`, unique to the run. */
  readonly prefix: string;
}

export interface StorageQuestion {
  /** Whether somebody restarts the storage on purpose. Default false. */
  readonly mayRestart?: boolean;
}

export class StorageWatch {
  readonly #options: StorageWatchOptions;
  /** The surfaces whose calls worked when the run began. Only these can show later that the storage has changed. */
  #working: readonly Surface[] = [];
  /** Since when the storage runs, as it reported first. */
  #since: string | null = null;
  #namespaces = 0;
  #surfaces: readonly Surface[] = [];

  private constructor(options: StorageWatchOptions) {
    this.#options = options;
  }

  /** Rejects with STORAGE_FAILED if the storage cannot be written, and with the errors of a host's `open`. */
  static async begin(options: StorageWatchOptions): Promise<StorageWatch> {
    const watch = new StorageWatch(options);
    await watch.#begin();
    return watch;
  }

  /** The surfaces of an instance. */
  get surfaces(): readonly Surface[] {
    return this.#surfaces;
  }

  /**
   * Why the storage cannot be read and written now, or could not in between. Undefined: it can and could. Never
   * rejects.
   */
  async failure({ mayRestart = false }: StorageQuestion = {}): Promise<string | undefined> {
    return this.#options.loaded.hasStorageCheck ? await this.#ask(mayRestart) : await this.#try();
  }

  async #begin(): Promise<void> {
    const { hasStorageCheck } = this.#options.loaded;
    const unfit = hasStorageCheck ? await this.#ask(false) : undefined;
    if (unfit !== undefined) throw unusable(unfit);
    await this.#withInstance(async (instance) => {
      this.#surfaces = instance.surfaces;
      if (hasStorageCheck) return;
      const offered = this.#calls(instance.surfaces);
      const refusals = await refusalsOf(instance, offered);
      this.#working = offered.flatMap(({ surface }, index) =>
        refusals[index] === undefined ? [surface] : [],
      );
      const [first] = refusals;
      if (this.#working.length > 0 || !refusals.every(isOfStorage)) return;
      if (first !== undefined) throw unusable(`every plain call failed, the first with ${first.text}`);
    });
  }

  async #ask(mayRestart: boolean): Promise<string | undefined> {
    const { steward, connection } = this.#options;
    try {
      const since = await steward.request('checkStorage', connection);
      this.#since ??= since;
      if (mayRestart || since === null || since === this.#since) return undefined;
      return `it was started again while the run went on: it runs since ${since}, and had run since ${this.#since}`;
    } catch (error) {
      if (hasCode(error, 'INTERRUPTED')) return undefined;
      return hasCode(error, 'TARGET_FAILED')
        ? (error.details.caught?.message ?? error.message)
        : errorText(error);
    }
  }

  async #try(): Promise<string | undefined> {
    if (this.#working.length === 0) return undefined;
    try {
      return await this.#withInstance(async (instance) => {
        const refusals = await refusalsOf(instance, this.#calls(this.#working));
        const refusal = refusals.find((one) => one !== undefined);
        return refusal === undefined
          ? undefined
          : `a plain call that worked when the run began is refused: ${refusal.text}`;
      });
    } catch (error) {
      // The adapter ended the process, which is not the storage's fault.
      if (hasCode(error, 'HOST_LOST') || hasCode(error, 'INTERRUPTED')) return undefined;
      return `no instance can be opened any more: ${errorText(error)}`;
    }
  }

  /**
   * Each time of another record: where namespaces share records, which is the adapter's fault, an earlier one would be in
   * the way.
   */
  #calls(surfaces: readonly Surface[]): PlainCalls[] {
    return plainCalls(idOfRule(this.#options.loaded.ids), `plain-${this.#namespaces}`).filter(({ surface }) =>
      surfaces.includes(surface),
    );
  }

  async #withInstance<T>(use: (instance: OpenedInstance) => Promise<T>): Promise<T> {
    const { steward, connection, prefix } = this.#options;
    this.#namespaces += 1;
    const namespace = `${prefix}_${this.#namespaces}`;
    const instance = await steward.open({ connection, namespace, instance: 1 });
    try {
      return await use(instance);
    } finally {
      await steward.closeInstance(instance.id);
      await steward.destroy(connection, namespace);
    }
  }
}

interface Refusal {
  readonly text: string;
  readonly error?: Caught;
}

/** How each of these calls was refused. Undefined: all of them were answered. */
async function refusalsOf(
  instance: OpenedInstance,
  calls: readonly PlainCalls[],
): Promise<(Refusal | undefined)[]> {
  const actors = calls.map(({ steps }) => ({ instance: 0, steps }));
  const { records, stuck } = await runProgram(
    [instance],
    { actors, patienceMs: PLAIN_CALLS_BOUND_MS },
    { mode: 'free' },
  );
  return calls.map(({ steps }, actor) => {
    const name = (step: number): string => {
      const one = steps[step];
      return one?.do === 'call' ? one.method : 'withLock';
    };
    const failed = records.find((record) => record.actor === actor && record.outcome.status === 'error');
    if (failed?.outcome.status === 'error') {
      const { error } = failed.outcome;
      return { text: `${name(failed.step)}: ${error.code ?? error.name}: ${error.message}`, error };
    }
    const hanging = stuck.find((one) => one.actor === actor);
    if (hanging !== undefined) return { text: `${name(hanging.step)} never returned` };
    // An adapter that ends its process says nothing about the storage.
    return undefined;
  });
}

/** Whether the refusal may come from the storage rather than from the adapter. */
function isOfStorage(refusal: Refusal | undefined): boolean {
  const { error } = refusal ?? {};
  if (error === undefined || PROGRAMMING_ERRORS.includes(error.name)) return false;
  return error.code === undefined || error.code === 'UNAVAILABLE';
}

function unusable(reason: string): LockstepError<'STORAGE_FAILED'> {
  return new LockstepError(
    'STORAGE_FAILED',
    `Expected a storage that can be read and written when the run starts, but ${reason}. Nothing was checked.`,
  );
}
