/** A host's work, in its own process or in the process of the command line: executes commands and returns results. */
import * as contract from '../../../adapters/contract/index.ts';
import {
  TARGET_FAULTS,
  type Target,
  type StartOptions,
  type TargetNetwork,
} from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import { hideSecrets, hideSecretsIn, learnSecrets } from '../../secrets.ts';
import { BesideCalls, type Beside, type Stray } from '../beside/beside.ts';
import { bounded, nextTurn } from './bounded.ts';
import { CLOSE_BOUND_MS, STOP_BOUND_MS } from './bounds.ts';
import { caught } from '../language/caught.ts';
import { snapshot } from '../language/codec.ts';
import type {
  CloseOutcome,
  CodecCall,
  CodecResult,
  Commands,
  LoadedTarget,
  Note,
  Service,
  Tell,
} from './commands.ts';
import { CODEC_FUNCTIONS } from './commands.ts';
import { OpenedAdapter } from '../target/instance.ts';
import { HostedFaults, reachOf } from '../target/faults.ts';
import type { ImportModule } from '../importModule.ts';
import { loadTarget } from '../target/loadTarget.ts';
import { leaksOfMore, LeakWatch } from '../beside/leaks.ts';
import { onlyTimersGrown, type Resources } from '../beside/resources.ts';
import { HostRuns, type StepMark } from '../running/runs.ts';
import { ask, checkStorage, HostedService } from '../target/service.ts';
import type { TimerWatch } from '../running/timers.ts';

export interface HostCoreOptions {
  /** The number of the process. */
  readonly process: number;
  readonly note: (note: Note) => void;
  /** What keeps the process alive without an adapter. Absent: other code runs in this process. */
  readonly idleResources?: Resources;
  readonly timers?: TimerWatch;
  /** Moves the clock of the process by this many milliseconds. Absent: other code runs in this process. */
  readonly setProcessClock?: (offsetMs: number) => void;
  /** Moves the process into a time zone. Absent: other code runs in this process. */
  readonly setZone?: (zone: string) => void;
  /** Called with the act, actor and step that starts. Called without an argument when no step runs. */
  readonly mark?: (step?: StepMark) => void;
  /** How modules of targets are imported. Default: by Node.js. */
  readonly importModule?: ImportModule;
  /** Called with true when the service was started, and with false when it was stopped. */
  readonly serving?: (running: boolean) => void;
}

type Handlers = {
  readonly [K in keyof Commands]: (
    input: Commands[K]['input'],
  ) => Commands[K]['output'] | Promise<Commands[K]['output']>;
};

export class HostCore {
  readonly #options: HostCoreOptions;
  readonly #instances = new Map<number, OpenedAdapter>();
  readonly #runs: HostRuns;
  readonly #service: HostedService;
  readonly #faults = new HostedFaults();
  #target: Target | undefined;
  readonly #beside = new BesideCalls();
  readonly #leaks: LeakWatch;
  #ids = 0;
  /** The number of instances opened so far, including those that a program reopened. */
  #opened = 0;

  constructor(options: HostCoreOptions) {
    this.#options = options;
    this.#service = new HostedService(options.serving);
    this.#leaks = new LeakWatch(options.process);
    this.#runs = new HostRuns({
      process: options.process,
      note: options.note,
      instance: (id) => this.#instance(id),
      ...defined({ setZone: options.setZone, mark: options.mark }),
      ...(options.idleResources === undefined ? {} : { quiescent: (ms) => isQuiescent(options, ms) }),
    });
  }

  /**
   * Executes a command. Rejects with TARGET_FAILED for errors of the target, and with other errors for bugs of the
   * harness.
   */
  async handle<K extends keyof Commands>(
    command: K,
    input: Commands[K]['input'],
  ): Promise<Commands[K]['output']> {
    return this.#handlers[command](input);
  }

  tell(tell: Tell): void {
    this.#runs.tell(tell);
  }

  /** An error that reached the process outside any call. */
  stray(stray: Stray): void {
    this.#beside.add({ strays: [stray], leaks: [] });
  }

  /** Errors outside any call since the last time. */
  takeBeside(): Beside {
    return this.#beside.take();
  }

  /** What the current run has produced so far, for a process that is ending. */
  lastNote(): Note | undefined {
    return this.#runs.lastNote();
  }

  /** Closes every instance, last opened first, then stops the service. Bounded; never rejects. */
  async shutDown(): Promise<void> {
    for (const id of [...this.#instances.keys()].reverse()) await this.#closeInstance(id);
    await this.#service.shutDown();
  }

  readonly #handlers: Handlers = {
    hello: () => null,
    ping: () => null,
    cpu: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    zone: (zone) => {
      this.#options.setZone?.(zone);
      return null;
    },
    load: async (reference) => {
      this.#target = await loadTarget(reference, this.#options.importModule);
      return describe(this.#target);
    },
    start: (options) => this.#start(options),
    startEnvironment: ({ name, connection }) =>
      this.#service.startEnvironment(this.#loaded(), name, { connection }),
    strike: ({ fault, ...options }) => this.#faults.strike(this.#loaded(), fault, options),
    heal: async () => {
      await this.#faults.heal();
      return null;
    },
    address: (connection) => this.#faults.address(this.#loaded(), connection),
    through: ({ connection, address }) => this.#faults.through(this.#loaded(), connection, address),
    stop: async () => {
      await this.#service.stop();
      return null;
    },
    destroy: async (options) => {
      const target = this.#loaded();
      if (target.destroy !== undefined)
        await ask(target, 'destroy', STOP_BOUND_MS, () => target.destroy?.(options));
      return null;
    },
    checkStorage: (connection) => checkStorage(this.#loaded(), connection),
    open: async (options) => {
      learnSecrets(options.connection);
      this.#ids += 1;
      const instance = await OpenedAdapter.open(this.#ids, this.#loaded(), options, {
        clockMoved: () => this.#setProcessClock(),
        opened: () => {
          this.#opened += 1;
        },
      });
      this.#instances.set(instance.id, instance);
      this.#setProcessClock();
      return { id: instance.id, surfaces: instance.surfaces };
    },
    closeInstance: (id) => this.#closeInstance(id),
    codec: (calls) => calls.map((call) => this.#codec(call)),
    run: (options) => this.#runs.run(options),
    begin: (options) => this.#runs.begin(options),
    end: (options) => this.#runs.end(options),
    close: async () => {
      await this.shutDown();
      // Unhandled rejections are reported when the event loop turns.
      await nextTurn();
      return null;
    },
  };

  async #closeInstance(id: number): Promise<CloseOutcome> {
    const instance = this.#instance(id);
    this.#instances.delete(id);
    this.#setProcessClock();
    if (instance.isOpen) {
      const closed = await bounded(() => instance.close(), CLOSE_BOUND_MS);
      await instance.release();
      if (closed.status === 'error') return { status: 'error', error: caught(closed.error) };
      if (closed.status === 'hung') return { status: 'hung' };
    } else await instance.release();
    await this.#lookForLeaks(instance);
    return { status: 'closed' };
  }

  /** A clock that several instances share cannot be moved for one of them. */
  #setProcessClock(): void {
    if (this.#options.setProcessClock === undefined) return;
    const [only, ...others] = this.#instances.values();
    this.#options.setProcessClock(others.length > 0 ? 0 : (only?.clock.offsetMs ?? 0));
  }

  async #lookForLeaks(closed: OpenedAdapter): Promise<void> {
    // If other code runs in this process, it is unknown who owns a resource.
    if (this.#options.idleResources === undefined || this.#service.isRunning) return nextTurn();
    if (this.#instances.size > 0) return nextTurn();
    const suspects = await this.#leaks.look(this.#opened);
    if (suspects.length === 0) return;
    // Each instance may have had another namespace, and a process may keep something per namespace.
    const leaks = await leaksOfMore(() => closed.another(), this.#options.process);
    this.#beside.add({ strays: [], leaks });
  }

  #codec(call: CodecCall): CodecResult {
    const own = this.#loaded().codec;
    const name = call.function;
    const target = own?.[name] === undefined ? contract : own;
    try {
      const method = target[name] as (...args: readonly unknown[]) => unknown;
      return { ok: true, value: snapshot(method.apply(target, [...call.args])) };
    } catch (error) {
      return { ok: false, error: caught(error) };
    }
  }

  async #start(options: StartOptions): Promise<Service> {
    learnSecrets(options.pg);
    const { connection, environment, notes } = await this.#service.start(this.#loaded(), options);
    learnSecrets(connection);
    // The environment and the notes are shown to users; the connection is not.
    return { connection, environment: hideSecretsIn(environment), notes: notes.map(hideSecrets) };
  }

  #loaded(): Target {
    if (this.#target === undefined) throw new Error('Expected a loaded target; send load first.');
    return this.#target;
  }

  #instance(id: number): OpenedAdapter {
    const instance = this.#instances.get(id);
    if (instance === undefined) throw new Error(`Expected an open instance, got ${id}.`);
    return instance;
  }
}

/** Whether nothing in this process can finish a step within `ms` on its own. */
function isQuiescent({ idleResources, timers }: HostCoreOptions, ms: number): boolean {
  const count = idleResources === undefined ? undefined : onlyTimersGrown(idleResources);
  if (count === undefined) return false;
  return timers === undefined ? count === 0 : timers.noneDueWithin(ms, count);
}

function describe(target: Target): LoadedTarget {
  return {
    name: target.name,
    version: target.version,
    capabilities: target.capabilities,
    settlement: target.settlement,
    ids: target.idSpace?.rule ?? null,
    provided: { ...target.provided },
    codec: CODEC_FUNCTIONS.filter((name) => target.codec?.[name] !== undefined),
    environments: Object.keys(target.environments ?? {}),
    faults: TARGET_FAULTS.filter((name) => reachOf(target, name) !== undefined),
    faultsOnServer: TARGET_FAULTS.filter((name) => reachOf(target, name) === 'server'),
    network: target.network === undefined ? null : describeNetwork(target.network),
    hasStorageCheck: target.checkStorage !== undefined,
  };
}

function describeNetwork({ protocol, commit }: TargetNetwork): LoadedTarget['network'] {
  return defined({ protocol, commit });
}
