/**
 * Sends commands to a child process and receives its answers: JSON lines over a descriptor that clients cannot reach.
 */
import { codeOf } from '../../../adapters/contract/errors.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import { LockstepError } from '../../lockstepError.ts';
import { runStopped } from '../../orStopped.ts';
import {
  buildId,
  compiledEntry,
  endOwnGroup,
  isOrphan,
  parentChannel,
  spawnChild,
  startWatchdog,
  type Child,
  type Exit,
} from '../../process/index.ts';

interface Request {
  readonly id: number;
  readonly command: unknown;
}

type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly message: string; readonly code?: string } }
  | { readonly event: unknown };

/** Tells a child which build its parent is. The messages between them differ from build to build. */
const BUILD_ID = 'LOCKSTEP_BUILD_ID';
/** How long a child may take to end on its own, in milliseconds. */
const END_MS = 2000;

/** A child process that executes commands: see serveCommands. */
export class Worker<Command> {
  readonly name: string;
  readonly #child: Child;
  readonly #waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  readonly #onEvent: (event: unknown) => void;
  #last = 0;
  /** Whether the child was alive when it was told to end. Undefined: it was not told. */
  #wasAlive: boolean | undefined;

  /**
   * `module`: its path in the repository, without extension. `onEvent` receives the child's unsolicited messages.
   * `env`: additional variables of its environment.
   */
  constructor(
    name: string,
    module: string,
    onEvent: (event: unknown) => void = () => {},
    env: Readonly<Record<string, string>> = {},
  ) {
    this.name = name;
    this.#onEvent = onEvent;
    this.#child = spawnChild({
      entry: compiledEntry(module),
      env: { ...env, [BUILD_ID]: buildId() },
      listener: { line: (text) => this.#receive(text), end: () => {} },
    });
    void this.#child.exited.then(() => this.#reject(this.#ended()));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** How the child ended. Undefined: it is still running. */
  get exit(): Exit | undefined {
    return this.#child.exit;
  }

  get exited(): Promise<Exit> {
    return this.#child.exited;
  }

  /** Whether the child ended before `end` was called, possibly by a signal. */
  get endedByItself(): boolean {
    const { exit } = this.#child;
    return exit !== undefined && exit.stopped !== true && this.#wasAlive !== true;
  }

  /** Sends a command and waits for its answer. Rejects with WORKER_FAILED. */
  async call<Value>(command: Command, timeoutMs: number): Promise<Value> {
    if (this.#child.exit !== undefined) throw this.#ended();
    const id = (this.#last += 1);
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Value>((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        const late = failed(`${this.name} did not answer within ${timeoutMs} ms.`);
        timer = setTimeout(() => reject(late), timeoutMs);
        this.#child.channel.send(JSON.stringify({ id, command } satisfies Request));
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.signal(signal);
  }

  /** Ends the process: waits for it to end on its own, then kills it. Idempotent. */
  async end(): Promise<void> {
    this.#wasAlive ??= this.#child.exit === undefined;
    this.#child.channel.end();
    const force = setTimeout(() => this.#child.kill(), END_MS);
    await this.#child.exited;
    clearTimeout(force);
  }

  #receive(text: string): void {
    const reply = replyOf(text);
    // The adapter wrote to the descriptor. A caller that waits for an answer gets its time-out.
    if (reply === undefined) return;
    if ('event' in reply) return this.#onEvent(reply.event);
    const waiting = this.#waiting.get(reply.id);
    if ('error' in reply) waiting?.reject(failed(`${this.name}: ${reply.error.message}`, reply.error.code));
    else waiting?.resolve(reply.value as never);
  }

  #reject(error: Error): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
  }

  #ended(): LockstepError {
    const { code = null, signal = null, error, stopped } = this.#child.exit ?? {};
    if (stopped === true) return runStopped();
    const how = error ?? (signal === null ? `exit status ${code}` : signal);
    const { stderr } = this.#child.output();
    return failed(`${this.name} ended (${how})${stderr === '' ? '' : `: ${stderr.trim()}`}`);
  }
}

/** Undefined: the text is no reply. */
function replyOf(text: string): Reply | undefined {
  try {
    const said: unknown = JSON.parse(text);
    if (typeof said !== 'object' || said === null) return undefined;
    const { error } = said as { readonly error?: { readonly message?: unknown } | null };
    if ('error' in said && typeof error?.message !== 'string') return undefined;
    return 'event' in said || 'id' in said ? (said as Reply) : undefined;
  } catch {
    return undefined;
  }
}

function failed(message: string, code?: string): LockstepError<'WORKER_FAILED'> {
  return new LockstepError('WORKER_FAILED', message, { details: { code } });
}

/** How long a parent that is ending closes the channel before its child becomes an orphan, in milliseconds. */
const ORPHANED_MS = 10;

function leave(): void {
  if (isOrphan()) endOwnGroup();
  else process.exit(0);
}

/** The child's side. Executes each command as it arrives. `tell` sends an unsolicited message. Ends with the parent. */
export function serveCommands(
  run: (command: never, tell: (event: unknown) => void) => Promise<unknown>,
): void {
  startWatchdog();
  const channel = parentChannel({
    line: (text) => void answer(text),
    end: () => setTimeout(leave, ORPHANED_MS),
  });
  const send = (reply: Reply): void => channel.send(JSON.stringify(reply));
  const tell = (event: unknown): void => send({ event });
  async function answer(text: string): Promise<void> {
    const { id, command } = JSON.parse(text) as Request;
    try {
      if (process.env[BUILD_ID] !== buildId())
        throw new Error('lockstep was rebuilt while it ran; start it again.');
      send({ id, value: (await run(command as never, tell)) ?? null });
    } catch (error) {
      const code = codeOf(error);
      const message = error instanceof Error ? error.message : String(error);
      send({ id, error: { message, ...defined({ code }) } });
    }
  }
}
