/** A target's backing service and its environments, in the host that started them. */
import type {
  EnvironmentOptions,
  Json,
  StartedEnvironment,
  StartedService,
  StartOptions,
  Target,
  UnavailableEnvironment,
} from '../../../adapters/contract/index.ts';
import { bounded } from '../process/bounded.ts';
import { START_BOUND_MS, STOP_BOUND_MS, STORAGE_BOUND_MS } from '../process/bounds.ts';
import { caught } from '../language/caught.ts';
import { snapshot } from '../language/codec.ts';
import type { RunningEnvironment, Service } from '../process/commands.ts';
import type { FailureStage } from '../process/failure.ts';
import { targetFailed } from '../process/failed.ts';

/** Calls the target's own code. Turns its errors, and an exceeded bound, into TARGET_FAILED. */
export async function ask<T>(
  { name }: Target,
  stage: FailureStage,
  boundMs: number,
  call: () => T | Promise<T>,
  what: string = `${stage}()`,
): Promise<T> {
  const answered = await bounded(call, boundMs);
  if (answered.status === 'value') return answered.value;
  if (answered.status === 'hung')
    throw targetFailed({
      stage,
      kind: 'timed-out',
      message: `Expected ${what} of ${name} to settle within ${boundMs} ms; it did not.`,
    });
  const error = caught(answered.error);
  throw targetFailed({
    stage,
    kind: 'threw',
    message: `${what} of ${name} failed: ${error.message}`,
    caught: error,
  });
}

/** Runs the target's own check of its storage. Rejects with TARGET_FAILED. */
export async function checkStorage(target: Target, connection: Json): Promise<string | null> {
  if (target.checkStorage === undefined) throw new Error('Expected a target that can check its storage.');
  const check = (): ReturnType<NonNullable<Target['checkStorage']>> => target.checkStorage?.({ connection });
  const since = await ask(target, 'storage', STORAGE_BOUND_MS, check, 'checkStorage()');
  if (since === undefined || typeof since === 'string') return since ?? null;
  throw targetFailed({
    stage: 'storage',
    kind: 'invalid-answer',
    message: `checkStorage() of ${target.name}: expected a text or nothing, got ${typeof since}.`,
  });
}

export class HostedService {
  /** Called with true when something runs that must be stopped, and with false when nothing does any more. */
  readonly #serving: (running: boolean) => void;
  readonly #starts = new Set<Promise<unknown>>();
  /** Functions that stop the service and its environments, in the order in which those were started. */
  readonly #stops: { readonly target: Target; readonly stop: () => unknown }[] = [];

  constructor(serving: (running: boolean) => void = () => undefined) {
    this.#serving = serving;
  }

  get isRunning(): boolean {
    return this.#stops.length > 0;
  }

  start(target: Target, options: StartOptions): Promise<Service> {
    return this.#note(this.#start(target, options));
  }

  startEnvironment(
    target: Target,
    name: string,
    options: EnvironmentOptions,
  ): Promise<RunningEnvironment | UnavailableEnvironment> {
    return this.#note(this.#startEnvironment(target, name, options));
  }

  /** Stops them, the last started first. Rejects with TARGET_FAILED. */
  async stop(): Promise<void> {
    for (let last = this.#stops.pop(); last !== undefined; last = this.#stops.pop()) {
      await ask(last.target, 'stop', STOP_BOUND_MS, last.stop);
    }
    this.#serving(false);
  }

  /** Like `stop`, but bounded, and it never rejects. */
  async shutDown(): Promise<void> {
    // What is still starting must be stopped as well.
    await bounded(() => Promise.allSettled(this.#starts), STOP_BOUND_MS);
    for (let last = this.#stops.pop(); last !== undefined; last = this.#stops.pop()) {
      await bounded(last.stop, STOP_BOUND_MS);
    }
    this.#serving(false);
  }

  async #start(target: Target, options: StartOptions): Promise<Service> {
    if (target.start === undefined) return { connection: null, environment: null, notes: [] };
    this.#serving(true);
    const started = await ask(target, 'start', START_BOUND_MS, () => target.start?.(options));
    return this.#running(target, 'start', 'start()', started, {
      connection: started?.connection ?? null,
      environment: started?.environment ?? null,
      notes: started?.notes?.map(String) ?? [],
    });
  }

  async #startEnvironment(
    target: Target,
    name: string,
    options: EnvironmentOptions,
  ): Promise<RunningEnvironment | UnavailableEnvironment> {
    const start = target.environments?.[name];
    if (start === undefined) throw new Error(`Expected an environment that the target offers, got ${name}.`);
    this.#serving(true);
    const what = `environments["${name}"]`;
    const started = await ask(target, 'environment', START_BOUND_MS, () => start(options), what);
    // Authors who write JavaScript may return anything.
    if (typeof (started as unknown) !== 'object' || (started as unknown) === null)
      throw targetFailed({
        stage: 'environment',
        kind: 'invalid-answer',
        message: `${what} of ${target.name}: expected { connection } or { unavailable: why }, got ${typeof started}.`,
      });
    return 'unavailable' in started
      ? { unavailable: started.unavailable }
      : this.#running(target, 'environment', what, started, { connection: started.connection });
  }

  /** Notes how to stop what has started. Returns `answer`, which must be serializable. */
  #running<T>(
    target: Target,
    stage: FailureStage,
    what: string,
    started: StartedService | StartedEnvironment | undefined,
    answer: T,
  ): T {
    const stop = started?.stop?.bind(started);
    if (stop !== undefined) this.#stops.push({ target, stop });
    try {
      return snapshot(answer) as T;
    } catch (error) {
      throw targetFailed({
        stage,
        kind: 'invalid-answer',
        message: `${what} of ${target.name}: expected JSON values in what it returned. ${caught(error).message}`,
      });
    }
  }

  #note<T>(starting: Promise<T>): Promise<T> {
    this.#starts.add(starting);
    const settled = (): boolean => this.#starts.delete(starting);
    starting.then(settled, settled);
    return starting;
  }
}
