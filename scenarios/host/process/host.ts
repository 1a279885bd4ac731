/** A host as the suites see it. */
import type { Json, StartOptions, Surface } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import type { Beside } from '../beside/beside.ts';
import { ChildLink } from './childLink.ts';
import type {
  CloseOutcome,
  CodecCall,
  CodecResult,
  Commands,
  LoadedTarget,
  OpenInstanceOptions,
  Service,
  TargetReference,
} from './commands.ts';
import { hasCode } from '../../lockstepError.ts';
import { UTC } from '../../process/index.ts';
import type { FailureStage } from './failure.ts';
import { targetFailed } from './failed.ts';
import { InProcessLink } from './inProcessLink.ts';
import type { Link } from './link.ts';
import type { ImportModule } from '../importModule.ts';

/** Commands about the backing service, which a host passes on unchanged. */
type ServiceCommand =
  | 'startEnvironment'
  | 'strike'
  | 'heal'
  | 'address'
  | 'through'
  | 'stop'
  | 'checkStorage';

/**
 * Opens an adapter and runs programs on it. Errors of the target's own code reject with TARGET_FAILED, and a lost host
 * rejects with HOST_LOST. Other errors are bugs of the harness.
 */
export interface Host extends AsyncDisposable {
  /** The number of the process, from 1. 0: the process that runs the backing service. */
  readonly process: number;
  readonly alive: boolean;
  /** Imports and checks a target. */
  load(target: TargetReference): Promise<LoadedTarget>;
  /** Starts the target's backing service. */
  start(options: StartOptions): Promise<Service>;
  /**
   * Runs a command about the backing service. The service and its environments run until `stop`, `close`, or the end of
   * this process.
   */
  request<K extends ServiceCommand>(command: K, input: Commands[K]['input']): Promise<Commands[K]['output']>;
  /** Removes a namespace. */
  destroy(connection: Json, namespace: string): Promise<void>;
  open(options: OpenInstanceOptions): Promise<OpenedInstance>;
  /** Closes an instance that `open` returned. The outcome is a result, because a close may fail or hang. */
  closeInstance(id: number): Promise<CloseOutcome>;
  /** Runs the author's codec functions, or lockstep's for those that the author did not write. */
  codec(calls: readonly CodecCall[]): Promise<readonly CodecResult[]>;
  /** The CPU time of the host's process so far, in milliseconds. */
  cpuMs(): Promise<number>;
  /**
   * What happened besides the calls since the last request: errors that reached the process, and leaks of instances.
   */
  takeBeside(): Beside;
  /** Closes every instance, stops the service and ends the host. Idempotent and bounded; never rejects. */
  close(): Promise<void>;
}

export interface OpenedInstance {
  readonly host: Host;
  readonly id: number;
  readonly namespace: string;
  readonly surfaces: readonly Surface[];
}

export interface HostOptions {
  /** The number of the process. Default 0. */
  readonly process?: number;
  /** Runs the host in this process. Default false. */
  readonly inProcess?: boolean;
  /** With `inProcess`: how modules of targets are imported. Default: by Node.js. */
  readonly importModule?: ImportModule;
  /** The address of Node's inspector in the host. The host waits for the inspector. */
  readonly inspectHost?: string;
}

/** Starts a host. Rejects if it belongs to another build. */
export async function startHost(options: HostOptions = {}): Promise<Host> {
  const process = options.process ?? 0;
  if (options.inProcess === true) return new LinkedHost(new InProcessLink(process, options.importModule));
  return new LinkedHost(
    await ChildLink.start({
      process,
      ...defined({ inspect: options.inspectHost }),
    }),
  );
}

/** If a process is lost before there is an instance, the target that ran in it has failed. */
async function orProcessLost<T>(stage: FailureStage, meanwhile: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!hasCode(error, 'HOST_LOST')) throw error;
    const { reason, detail } = error.details;
    throw targetFailed({
      stage,
      kind: 'process-lost',
      message: `While ${meanwhile}, its process was lost (${reason}): ${detail}. Expected code that leaves its process running and gives way.`,
    });
  }
}

export class LinkedHost implements Host {
  readonly link: Link;
  readonly #open = new Set<number>();
  #poisoned = false;
  #closing: Promise<void> | undefined;

  constructor(link: Link) {
    this.link = link;
  }

  get process(): number {
    return this.link.process;
  }

  get alive(): boolean {
    return this.link.lost === undefined && this.#closing === undefined;
  }

  /** Whether others may use the host. An adapter may have left unfinished work in it. */
  get healthy(): boolean {
    return this.alive && !this.#poisoned;
  }

  /** Marks the host so that it is not lent to anybody again. */
  poison(): void {
    this.#poisoned = true;
  }

  async load(target: TargetReference): Promise<LoadedTarget> {
    return orProcessLost('load', `${target.spec} was imported`, this.link.request('load', target));
  }

  async start(options: StartOptions): Promise<Service> {
    return orProcessLost('start', 'start() of the target ran', this.link.request('start', options));
  }

  request<K extends ServiceCommand>(command: K, input: Commands[K]['input']): Promise<Commands[K]['output']> {
    return this.link.request(command, input);
  }

  async destroy(connection: Json, namespace: string): Promise<void> {
    await this.link.request('destroy', { connection, namespace });
  }

  async open(options: OpenInstanceOptions): Promise<OpenedInstance> {
    const { id, surfaces } = await this.link.request('open', options);
    this.#open.add(id);
    return { host: this, id, namespace: options.namespace, surfaces };
  }

  async closeInstance(id: number): Promise<CloseOutcome> {
    this.#open.delete(id);
    const outcome = await this.link.request('closeInstance', id);
    if (outcome.status !== 'closed') this.poison();
    return outcome;
  }

  cpuMs(): Promise<number> {
    return this.link.request('cpu', null);
  }

  async codec(calls: readonly CodecCall[]): Promise<readonly CodecResult[]> {
    return this.link.request('codec', calls);
  }

  takeBeside(): Beside {
    return this.link.takeBeside();
  }

  /** Closes the instances that the borrower left open, and moves the process back into its first time zone. */
  async tidy(): Promise<void> {
    if (!this.healthy) return;
    for (const id of [...this.#open].reverse()) await this.closeInstance(id).catch(() => this.poison());
    if (this.healthy) await this.link.request('zone', UTC).catch(() => this.poison());
  }

  close(): Promise<void> {
    this.#closing ??= this.link.end(this.#poisoned);
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
