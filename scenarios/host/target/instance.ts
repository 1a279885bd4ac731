/** Instances opened in a host. */
import type { Json, StorageAdapter, Surface, Target } from '../../../adapters/contract/index.ts';
import { idOfIn, surfacesOf, type IdOf } from '../../../adapters/contract/index.ts';
import { bounded } from '../process/bounded.ts';
import { OPEN_BOUND_MS } from '../process/bounds.ts';
import { caught } from '../language/caught.ts';
import type { Closing } from '../language/program.ts';
import { instanceClock, type InstanceClock } from '../running/clock.ts';
import type { OpenInstanceOptions } from '../process/commands.ts';
import type { Instance } from '../running/execute.ts';
import { targetFailed } from '../process/failed.ts';
import { LateAnswers } from '../beside/lateAnswers.ts';
import { shapeProblems } from './shape.ts';

export interface InstanceHooks {
  readonly clockMoved: () => void;
  /** Called after the instance was opened or reopened. */
  readonly opened: () => void;
}

export class OpenedAdapter implements Instance {
  readonly id: number;
  readonly clock: InstanceClock;
  readonly #target: Target;
  readonly #options: OpenInstanceOptions;
  readonly #hooks: InstanceHooks;
  readonly late: LateAnswers | undefined;
  #adapter: StorageAdapter;
  #open = true;

  private constructor(
    id: number,
    target: Target,
    options: OpenInstanceOptions,
    clock: InstanceClock,
    { adapter, late }: Opened,
    hooks: InstanceHooks,
  ) {
    this.id = id;
    this.late = late;
    this.#target = target;
    this.#options = options;
    this.clock = clock;
    this.#adapter = adapter;
    this.#hooks = hooks;
    hooks.opened();
  }

  /** Opens an instance and checks its shape. Rejects with TARGET_FAILED. */
  static async open(
    id: number,
    target: Target,
    options: OpenInstanceOptions,
    hooks: InstanceHooks,
  ): Promise<OpenedAdapter> {
    const clock = instanceClock(options.clock ?? {}, hooks.clockMoved);
    const opened = await bounded(() => openWhole(target, options, clock), OPEN_BOUND_MS);
    if (opened.status === 'hung')
      throw targetFailed({
        stage: 'open',
        kind: 'timed-out',
        message: `Expected open() of ${target.name} to settle within ${OPEN_BOUND_MS} ms; it did not.`,
      });
    if (opened.status === 'error') {
      const error = caught(opened.error);
      throw targetFailed({
        stage: 'open',
        kind: 'threw',
        message: `open() of ${target.name} failed: ${error.name}: ${error.message}`,
        caught: error,
      });
    }
    const problems = shapeProblems(opened.value.adapter);
    if (problems.length > 0) {
      await opened.value.late?.close();
      throw targetFailed({
        stage: 'open',
        kind: 'invalid-answer',
        message: `open() of ${target.name} returned no adapter:\n${problems.map((line) => `  ${line}`).join('\n')}`,
        problems,
      });
    }
    return new OpenedAdapter(id, target, options, clock, opened.value, hooks);
  }

  get adapter(): StorageAdapter {
    return this.#adapter;
  }

  get idOf(): IdOf {
    return idOfIn(this.#target.idSpace);
  }

  get protocol(): Target['protocol'] {
    return this.#target.protocol;
  }

  /** Whether the instance still has to be closed. */
  get isOpen(): boolean {
    return this.#open;
  }

  get surfaces(): Surface[] {
    return surfacesOf(this.#adapter);
  }

  /** Opens another instance of the same namespace. The caller closes it. */
  another(): Promise<StorageAdapter> {
    return openAdapter(this.#target, this.#options, this.clock);
  }

  /** Closes the instance. Only `reopen` opens it again. */
  async close(how?: Closing): Promise<void> {
    await closeAs(this.#adapter, how);
    this.#open = false;
  }

  /** Releases the proxy, in whatever state the adapter is. Idempotent. */
  async release(): Promise<void> {
    await this.late?.close();
  }

  async reopen(): Promise<void> {
    await this.close();
    const connection = this.late?.connection ?? this.#options.connection;
    this.#adapter = await openAdapter(this.#target, { ...this.#options, connection }, this.clock);
    this.#open = true;
    this.#hooks.opened();
  }
}

async function closeAs(adapter: StorageAdapter, how: Closing | undefined): Promise<void> {
  if (how === 'dispose' && typeof adapter[Symbol.asyncDispose] === 'function')
    return adapter[Symbol.asyncDispose]();
  await Promise.all(Array.from({ length: how === 'twice at once' ? 2 : 1 }, () => adapter.close()));
}

interface Opened {
  readonly adapter: StorageAdapter;
  readonly late: LateAnswers | undefined;
}

/** Opens the adapter, and the proxy in front of its storage if there is one. */
async function openWhole(
  target: Target,
  options: OpenInstanceOptions,
  clock: InstanceClock,
): Promise<Opened> {
  const late = options.late === true ? await LateAnswers.start(target, options.connection) : undefined;
  const connection = late?.connection ?? options.connection;
  try {
    return { adapter: await openAdapter(target, { ...options, connection }, clock), late };
  } catch (error) {
    await late?.close();
    throw error;
  }
}

async function openAdapter(
  target: Target,
  options: OpenInstanceOptions,
  clock: InstanceClock,
): Promise<StorageAdapter> {
  const connection: Json = options.connection;
  return target.open({
    connection,
    namespace: options.namespace,
    instance: options.instance,
    clock: clock.now,
  });
}
