/** A host in its own process. */
import { CONTRACT_VERSION } from '../../../adapters/contract/index.ts';
import { buildId, compiledEntry, spawnChild, UTC, type Child, type Exit } from '../../process/index.ts';
import { BesideCalls, type Beside } from '../beside/beside.ts';
import { encode } from '../language/codec.ts';
import { nowNs } from '../running/clock.ts';
import type { CommandName, Commands, LastWords, Note, Reply, Stalled, Tell } from './commands.ts';
import { LockstepError } from '../../lockstepError.ts';
import { hideSecrets } from '../../secrets.ts';
import { runStopped } from '../../orStopped.ts';
import { hostLost, targetFailed } from './failed.ts';
import type { Link, RunListener } from './link.ts';
import { isOutput, parseMessage } from './messages.ts';
import type { LostHost } from '../language/history.ts';

/** How often a host with unfinished work is asked whether its event loop still turns, in milliseconds. */
const HEARTBEAT_MS = 500;
/**
 * After this many heartbeats without an answer the host counts as blocked. Heartbeats are counted, not timed, so that
 * a machine that slept does not make a host look blocked.
 */
const MISSED_HEARTBEATS = 16;
/** The same while a target is imported or started, because compiling blocks the thread for long on a busy machine. */
const MISSED_HEARTBEATS_LOADING = 120;
const LOADING: readonly CommandName[] = ['hello', 'load', 'start'];
/** How long a host may take to close everything after it was asked to end, in milliseconds. */
const END_BOUND_MS = 40_000;

export interface ChildLinkOptions {
  readonly process: number;
  /**
   * The address of Node's inspector (`host:port` or `port`). The host waits for the inspector, and may pause at any
   * time.
   */
  readonly inspect?: string;
}

interface Waiting {
  readonly command: CommandName;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class ChildLink implements Link {
  readonly process: number;
  lastWords: LastWords | undefined;
  readonly #child: Child;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<number, RunListener>();
  readonly #beside = new BesideCalls();
  readonly #heart: NodeJS.Timeout | undefined;
  #lost: LostHost | undefined;
  #gone: Promise<void>;
  #requests = 0;
  #unanswered = 0;
  #ending = false;

  private constructor(options: ChildLinkOptions) {
    this.process = options.process;
    this.#child = spawnChild({
      entry: compiledEntry('scenarios/host/process/main'),
      execArgv: options.inspect === undefined ? [] : [`--inspect-brk=${options.inspect}`],
      env: { TZ: UTC },
      inheritStderr: options.inspect !== undefined,
      listener: { line: (line) => this.#receive(line), end: () => {} },
    });
    this.#gone = this.#child.exited.then((exit) => this.#ended(exit));
    if (options.inspect === undefined) this.#heart = setInterval(() => this.#beat(), HEARTBEAT_MS).unref();
  }

  /** Starts a host process of the same build. */
  static async start(options: ChildLinkOptions): Promise<ChildLink> {
    const link = new ChildLink(options);
    try {
      await link.request('hello', {
        contractVersion: CONTRACT_VERSION,
        buildId: buildId(),
        process: options.process,
      });
      return link;
    } catch (error) {
      await link.end(true);
      throw error;
    }
  }

  get lost(): LostHost | undefined {
    return this.#lost;
  }

  get isStopped(): boolean {
    return this.#child.exit?.stopped === true;
  }

  async request<K extends CommandName>(
    command: K,
    input: Commands[K]['input'],
  ): Promise<Commands[K]['output']> {
    if (this.#lost !== undefined) throw this.#whyGone(this.#lost);
    this.#requests += 1;
    const id = this.#requests;
    const line = encode({ id, command, input });
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { command, resolve: resolve as (output: unknown) => void, reject });
      this.#child.channel.send(line);
    });
  }

  tell(tell: Tell): void {
    this.#child.channel.send(encode(tell));
  }

  listen(run: number, listener: RunListener): () => void {
    this.#listeners.set(run, listener);
    return () => void this.#listeners.delete(run);
  }

  takeBeside(): Beside {
    return this.#beside.take();
  }

  async end(atOnce: boolean): Promise<void> {
    this.#ending = true;
    if (!atOnce && this.#lost === undefined) {
      const timer = setTimeout(() => this.#child.kill(), END_BOUND_MS);
      await this.request('close', null).catch(() => {});
      clearTimeout(timer);
    }
    if (atOnce) this.#child.kill();
    await this.#gone;
  }

  #receive(line: string): void {
    // Whatever a process sent before it was killed is ignored.
    if (this.#lost !== undefined) return;
    const message = parseMessage(line);
    if (message === undefined) this.#loseForGarbage(line, 'which is no message');
    else if ('stalled' in message) this.#stalled(message);
    else if ('note' in message) this.#hear(message);
    else this.#settle(message, line);
  }

  #loseForGarbage(line: string, why: string): void {
    this.#lose('garbage', `its channel said ${JSON.stringify(line.slice(0, 80))}, ${why}`);
  }

  #hear(note: Note): void {
    if (note.note === 'last') this.lastWords = note;
    else this.#listeners.get(note.run)?.note(note);
  }

  #stalled({ stalled: [act, actor, step] }: Stalled): void {
    const stuck = [{ actor, step, process: this.process, call: nowNs() }];
    this.lastWords = { act, records: [], order: [], stuck };
  }

  #settle(reply: Reply, line: string): void {
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return this.#loseForGarbage(line, 'which answers nothing that was asked');
    if ('output' in reply && !isOutput(waiting.command, reply.output))
      return this.#loseForGarbage(line, `which is no answer to "${waiting.command}"`);
    // The host has finished the work that these words were about.
    this.lastWords = undefined;
    if (reply.beside !== undefined) this.#beside.add(reply.beside);
    this.#waiting.delete(reply.id);
    if ('output' in reply) waiting.resolve(reply.output);
    else if ('failure' in reply) waiting.reject(targetFailed(reply.failure));
    else if ('refusal' in reply) waiting.reject(new LockstepError('OTHER_BUILD', reply.refusal));
    else waiting.reject(new Error(reply.bug));
  }

  #beat(): void {
    const busy = this.#waiting.size > this.#unanswered || this.#listeners.size > 0;
    if (!busy) return;
    const loading = [...this.#waiting.values()].some(({ command }) => LOADING.includes(command));
    const bound = loading ? MISSED_HEARTBEATS_LOADING : MISSED_HEARTBEATS;
    if (this.#unanswered >= bound) {
      this.#lose('unresponsive', `its main thread did not turn for ${(bound * HEARTBEAT_MS) / 1000} s`);
      return;
    }
    this.#unanswered += 1;
    void this.#ping();
  }

  async #ping(): Promise<void> {
    await this.request('ping', null).catch(() => {});
    this.#unanswered = 0;
  }

  #lose(reason: LostHost['reason'], detail: string): void {
    this.#child.kill();
    this.#setLost({ process: this.process, reason, detail });
  }

  #ended(exit: Exit): void {
    const how = exit.error ?? (exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`);
    const { stderr } = this.#child.output();
    const detail = stderr.trim() === '' ? how : `${how}; stderr: ${hideSecrets(stderr.trim())}`;
    this.#setLost({
      process: this.process,
      reason: exit.signal === null ? 'exit' : 'signal',
      detail: this.#ending ? 'it was closed' : detail,
    });
  }

  #whyGone(lost: LostHost): LockstepError {
    return this.isStopped ? runStopped() : hostLost(lost);
  }

  #setLost(lost: LostHost): void {
    clearInterval(this.#heart);
    if (this.#lost !== undefined) return;
    this.#lost = lost;
    for (const { reject } of this.#waiting.values()) reject(this.#whyGone(lost));
    this.#waiting.clear();
    for (const listener of this.#listeners.values()) listener.lost();
  }
}
