/**
 * A TCP proxy in front of the storage. It can cut, swallow or delay the traffic between one service and the storage. It
 * listens on the loopback interface.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Address } from '../../../adapters/contract/index.ts';
import { watchCommits, type CommitSigns } from './commitWatch.ts';
import type { CommitWatch } from './watch.ts';
import type { CommitPoint } from '../points.ts';

/** One connection: its two sides. */
interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  readonly commits: CommitWatch | undefined;
  /** What to do with the answer to the commit that has passed. */
  strike?: CommitStrike | undefined;
  /** What to do with the answer to the last request. */
  late?: LateAnswer | undefined;
}

/** A place where traffic stands still. */
interface Stop {
  readonly reached: () => void;
  readonly over: Promise<void>;
  /** Whether the connection breaks afterwards. */
  readonly isBroken: () => boolean;
}

interface CommitStrike extends Stop {
  readonly point: CommitPoint;
}

interface LateAnswer extends Stop {
  /** How many pieces of the answer pass first. */
  left: number;
}

/** A piece of traffic passes up to the offset `at`. The rest is held. */
interface Stopped {
  readonly stop: Stop;
  readonly at: number;
}

/** Traffic that is held, or will be held when it comes. */
export interface Held {
  /** Resolves when the traffic has come and stands still. */
  readonly reached: Promise<void>;
  /** Lets it continue. Traffic that has not come yet will pass. Idempotent. */
  letGo(): void;
}

/** A commit: either the storage does not get it, or the client does not get the answer. */
export interface HeldCommit extends Held {
  /** Breaks its connection instead. Idempotent. */
  cut(): void;
}

export class StorageProxy {
  readonly #server: Server;
  readonly #storage: Address;
  readonly #signs: CommitSigns;
  readonly #pairs = new Set<Pair>();
  #delayMs = 0;
  /** While nothing passes: resolves when traffic passes again. */
  #gate: { readonly opened: Promise<void>; open(): void } | undefined;
  /** For the next commit. */
  #strike: CommitStrike | undefined;
  /** For the next requests. */
  #late: LateAnswer[] = [];
  /** The number of chunks that were held back or delayed, or of refused connections, since the last change. */
  #affected = 0;
  #refuses = false;

  private constructor(storage: Address, signs: CommitSigns) {
    this.#storage = storage;
    this.#signs = signs;
    this.#server = createServer((client) => void this.#serve(client));
  }

  /** `signs`: how commits are recognized. Default: they are not. */
  static async start(storage: Address, signs: CommitSigns = {}): Promise<StorageProxy> {
    const proxy = new StorageProxy(storage, signs);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get address(): Address {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  /**
   * The number of pieces of traffic that were held back or delayed, or of refused connections, since the last call of
   * `swallow`, `delay` or `refuse`.
   */
  get affected(): number {
    return this.#affected;
  }

  /** Breaks every connection. Returns how many there were. */
  cut(): number {
    const cut = this.#pairs.size;
    for (const pair of this.#pairs) breakPair(pair);
    return cut;
  }

  /** Holds the next commit, either before it arrives or before its answer does. */
  holdCommit(point: CommitPoint): HeldCommit {
    const come = signal();
    const over = signal();
    let isBroken = false;
    const strike = { point, reached: come.give, over: over.given, isBroken: () => isBroken };
    this.#strike = strike;
    const end = (): void => {
      if (this.#strike === strike) this.#strike = undefined;
      over.give();
    };
    return {
      reached: come.given,
      letGo: end,
      cut: () => {
        isBroken = true;
        end();
      },
    };
  }

  /**
   * Holds the answer to the next request on any connection, after the first `before` pieces, and lets all others pass.
   * If it is called several times, each call is for another connection.
   */
  holdAnswer(before: number): Held {
    const come = signal();
    const over = signal();
    const late = { left: before, reached: come.give, over: over.given, isBroken: () => false };
    this.#late.push(late);
    const letGo = (): void => {
      this.#late = this.#late.filter((other) => other !== late);
      over.give();
    };
    return { reached: come.given, letGo };
  }

  /** Stops all traffic in both directions, including new connections. It arrives after `heal`. */
  swallow(): void {
    this.#affected = 0;
    const { given, give } = signal();
    this.#gate ??= { opened: given, open: give };
  }

  /** Delays all traffic by this many milliseconds. */
  delay(ms: number): void {
    this.#affected = 0;
    this.#delayMs = ms;
  }

  /** Breaks every connection, and every new one as it comes, like a storage that is down. */
  refuse(): void {
    this.#affected = 0;
    this.#refuses = true;
    this.cut();
  }

  /** Lets all traffic pass again. */
  heal(): void {
    this.#refuses = false;
    this.#delayMs = 0;
    this.#gate?.open();
    this.#gate = undefined;
  }

  /** Ends every connection and frees the port. */
  async close(): Promise<void> {
    this.heal();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    await closed;
  }

  async #serve(client: Socket): Promise<void> {
    client.on('error', () => undefined);
    if (this.#refuses) {
      this.#affected += 1;
      client.resetAndDestroy();
      return;
    }
    await this.#hold();
    if (client.destroyed) return;
    const upstream = connect(this.#storage.port, this.#storage.host);
    const pair: Pair = { client, upstream, commits: watchCommits(this.#signs) };
    this.#pairs.add(pair);
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      socket.on('error', () => breakPair(pair));
      socket.once('close', () => this.#pairs.delete(pair));
    }
    await Promise.all([
      this.#forward(client, upstream, pair, (chunk) => this.#onRequest(pair, chunk)),
      this.#forward(upstream, client, pair, (chunk) => onAnswer(pair, chunk)),
    ]);
  }

  /** Forwards what `from` sends, in time, except for what `find` selects. Never rejects. */
  async #forward(
    from: Socket,
    to: Socket,
    pair: Pair,
    find: (chunk: Buffer) => Stopped | undefined,
  ): Promise<void> {
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        await this.#hold();
        const found = find(chunk);
        if (found === undefined) await write(to, chunk);
        else {
          await write(to, chunk.subarray(0, found.at));
          await meet(found.stop, pair);
          await this.#gate?.opened;
          await write(to, chunk.subarray(found.at));
        }
        if (to.destroyed) return;
      }
      to.end();
    } catch {
      // If one side breaks, the other side is closed.
      from.destroy();
      to.destroy();
    }
  }

  async #hold(): Promise<void> {
    if (this.#gate !== undefined || this.#delayMs > 0) this.#affected += 1;
    if (this.#delayMs > 0) await sleep(this.#delayMs);
    await this.#gate?.opened;
  }

  #onRequest(pair: Pair, chunk: Buffer): Stopped | undefined {
    pair.late ??= this.#late.shift();
    const at = pair.commits?.request(chunk) ?? -1;
    const strike = this.#strike;
    if (at === -1 || strike === undefined) return undefined;
    this.#strike = undefined;
    if (strike.point === 'commit') return { stop: strike, at };
    pair.strike = strike;
    return undefined;
  }
}

function onAnswer(pair: Pair, chunk: Buffer): Stopped | undefined {
  const at = pair.commits?.answer(chunk) ?? -1;
  const { strike, late } = pair;
  if (at !== -1 && strike !== undefined) {
    pair.strike = undefined;
    return { stop: strike, at };
  }
  if (late === undefined) return undefined;
  late.left -= 1;
  if (late.left >= 0) return undefined;
  pair.late = undefined;
  return { stop: late, at: 0 };
}

/** Holds the traffic until it is let go or cut. */
async function meet({ reached, over, isBroken }: Stop, pair: Pair): Promise<void> {
  reached();
  await over;
  if (isBroken()) breakPair(pair);
}

/** Waits while the other side is slower. */
async function write(to: Socket, bytes: Buffer): Promise<void> {
  if (to.destroyed || bytes.length === 0) return;
  if (!to.write(bytes)) await once(to, 'drain');
}

function breakPair({ client, upstream }: Pair): void {
  for (const socket of [client, upstream]) if (!socket.destroyed) socket.resetAndDestroy();
}

function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give = (): void => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}
