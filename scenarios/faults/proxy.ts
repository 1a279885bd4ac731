/**
 * A TCP proxy in front of the storage: what passes between one service and the storage can be cut, swallowed or
 * delayed. It listens on the loopback interface.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Address } from '../../adapters/contract/index.ts';
import type { CommitPoint } from './plan.ts';

/** One connection, on both sides. */
interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  /** Cut when the storage says something. */
  isCutOnAnswer: boolean;
}

interface CommitCut {
  readonly commit: Buffer;
  readonly point: CommitPoint;
  readonly done: () => void;
}

export class StorageProxy {
  readonly #server: Server;
  readonly #storage: Address;
  readonly #pairs = new Set<Pair>();
  #delayMs = 0;
  /** While nothing passes: resolves when it does again. */
  #gate: { readonly opened: Promise<void>; open(): void } | undefined;
  #commitCut: CommitCut | undefined;
  /** Chunks that were held back or delayed since the last change. */
  #affected = 0;

  private constructor(storage: Address) {
    this.#storage = storage;
    this.#server = createServer((client) => void this.#serve(client));
  }

  static async start(storage: Address): Promise<StorageProxy> {
    const proxy = new StorageProxy(storage);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get address(): Address {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  /** How many pieces of traffic were held back or delayed since `swallow` or `delay` was called. */
  get affected(): number {
    return this.#affected;
  }

  /** Breaks every connection; returns how many there were. */
  cut(): number {
    const cut = this.#pairs.size;
    for (const pair of this.#pairs) breakPair(pair);
    return cut;
  }

  /** Breaks the next connection that asks for a commit, before it arrives or before its answer does. */
  cutAt(point: CommitCut['point'], commit: string): { readonly done: Promise<void>; cancel(): void } {
    let done = (): void => {};
    const cut = new Promise<void>((resolve) => {
      done = resolve;
    });
    this.#commitCut = { commit: Buffer.from(commit), point, done };
    return { done: cut, cancel: () => (this.#commitCut = undefined) };
  }

  /** Lets nothing pass, in either direction and for new connections too. What is sent arrives when `heal` is called. */
  swallow(): void {
    this.#affected = 0;
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#gate ??= { opened, open };
  }

  /** Delays everything by so many milliseconds. */
  delay(ms: number): void {
    this.#affected = 0;
    this.#delayMs = ms;
  }

  /** Lets everything pass again. */
  heal(): void {
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
    await this.#hold();
    if (client.destroyed) return;
    const upstream = connect(this.#storage.port, this.#storage.host);
    const pair: Pair = { client, upstream, isCutOnAnswer: false };
    this.#pairs.add(pair);
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      socket.on('error', () => breakPair(pair));
      socket.once('close', () => this.#pairs.delete(pair));
    }
    await Promise.all([
      this.#forward(client, upstream, (chunk) => this.#onRequest(pair, chunk)),
      this.#forward(upstream, client, () => onAnswer(pair)),
    ]);
  }

  /** Passes on what `from` says; `admit` may break the connection instead. Never rejects. */
  async #forward(from: Socket, to: Socket, admit: (chunk: Buffer) => void): Promise<void> {
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        await this.#hold();
        admit(chunk);
        if (to.destroyed) return;
        if (!to.write(chunk)) await once(to, 'drain');
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

  #onRequest(pair: Pair, chunk: Buffer): void {
    const cut = this.#commitCut;
    if (cut === undefined || !chunk.includes(cut.commit)) return;
    this.#commitCut = undefined;
    if (cut.point === 'commit-answer') pair.isCutOnAnswer = true;
    else breakPair(pair);
    pair.client.once('close', cut.done);
  }
}

function onAnswer(pair: Pair): void {
  if (pair.isCutOnAnswer) breakPair(pair);
}

function breakPair({ client, upstream }: Pair): void {
  for (const socket of [client, upstream]) if (!socket.destroyed) socket.resetAndDestroy();
}
