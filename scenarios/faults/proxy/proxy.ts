/**
 * A TCP proxy in front of the storage: what passes between one service and the storage can be cut, swallowed or
 * delayed. It listens on the loopback interface.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Address } from '../../../adapters/contract/index.ts';
import { watchCommits, type CommitSigns } from './commitWatch.ts';
import type { CommitWatch } from './watch.ts';
import type { CommitPoint } from '../points.ts';

/** One connection, on both sides. */
interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  readonly commits: CommitWatch | undefined;
  /** What meets the answer to the commit that has passed. */
  strike?: CommitStrike | undefined;
  /** What meets the answer to what was asked. */
  late?: LateAnswer | undefined;
}

/** Where something stands still on its way. */
interface Stop {
  readonly reached: () => void;
  readonly over: Promise<void>;
  /** Whether its connection breaks then. */
  readonly isBroken: () => boolean;
}

interface CommitStrike extends Stop {
  readonly point: CommitPoint;
}

interface LateAnswer extends Stop {
  /** Pieces of the answer that pass before. */
  left: number;
}

/** What passes up to `at` of a piece of traffic, and what then meets the rest. */
interface Stopped {
  readonly stop: Stop;
  readonly at: number;
}

/** Something that is held as it passes, or will be. */
export interface Held {
  /** Resolves when it has come, and stands still. */
  readonly reached: Promise<void>;
  /** It goes on. Idempotent; what has not come yet passes. */
  letGo(): void;
}

/** A commit: the storage gets nothing of it, or the client nothing of its answer. */
export interface HeldCommit extends Held {
  /** Its connection breaks instead. Idempotent. */
  cut(): void;
}

export class StorageProxy {
  readonly #server: Server;
  readonly #storage: Address;
  readonly #signs: CommitSigns;
  readonly #pairs = new Set<Pair>();
  #delayMs = 0;
  /** While nothing passes: resolves when it does again. */
  #gate: { readonly opened: Promise<void>; open(): void } | undefined;
  /** Of the next commit. */
  #strike: CommitStrike | undefined;
  /** Of what is asked next. */
  #late: LateAnswer[] = [];
  /** Chunks that were held back or delayed, or connections that were refused, since the last change. */
  #affected = 0;
  #refuses = false;

  private constructor(storage: Address, signs: CommitSigns) {
    this.#storage = storage;
    this.#signs = signs;
    this.#server = createServer((client) => void this.#serve(client));
  }

  /** `signs`: how commits are recognised; by nothing, unless it says so. */
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
   * How many pieces of traffic were held back or delayed, or connections refused, since `swallow`, `delay` or `refuse` was
   * called.
   */
  get affected(): number {
    return this.#affected;
  }

  /** Breaks every connection; returns how many there were. */
  cut(): number {
    const cut = this.#pairs.size;
    for (const pair of this.#pairs) breakPair(pair);
    return cut;
  }

  /** Holds the next commit that passes: before it arrives, or before its answer does. */
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
   * Holds the answer to what is asked next, on whatever connection, and lets all others pass; `before` pieces of it pass
   * first. Those of several are of as many connections.
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

  /** Lets nothing pass, in either direction and for new connections too. What is sent arrives when `heal` is called. */
  swallow(): void {
    this.#affected = 0;
    const { given, give } = signal();
    this.#gate ??= { opened: given, open: give };
  }

  /** Delays everything by so many milliseconds. */
  delay(ms: number): void {
    this.#affected = 0;
    this.#delayMs = ms;
  }

  /** Breaks every connection, and every new one as it comes: as a storage that is down. */
  refuse(): void {
    this.#affected = 0;
    this.#refuses = true;
    this.cut();
  }

  /** Lets everything pass again. */
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

  /** Passes on what `from` says, but for what `find` says is struck, in its time. Never rejects. */
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
      // Broken on one side: the other one is told.
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

/** Holds what has come until it is let go or cut. */
async function meet({ reached, over, isBroken }: Stop, pair: Pair): Promise<void> {
  reached();
  await over;
  if (isBroken()) breakPair(pair);
}

/** Waits while the other side does not keep up. */
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
