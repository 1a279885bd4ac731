/** A thread that does half of the work of distributing evidence to parts: the journals, and the hashes of all files. */
import { Worker } from 'node:worker_threads';
import type { EvidenceHeader } from '../../evidence.ts';
import { LockstepError, type LockstepErrorCode } from '../../lockstepError.ts';
import { compiledEntry } from '../../process/entry.ts';
import type { ReadingOptions } from './byteLines.ts';
import type { JournalPlace, SpreadJournal, SpreadLines, SpreadPlan } from './spreadLines.ts';

export type BesideWork =
  | { readonly begin: SpreadPlan }
  | { readonly journal: JournalPlace }
  | { readonly finish: true }
  | { readonly check: { readonly dir: string; readonly header: EvidenceHeader } };
export type BesideRequest = { readonly id: number } & BesideWork;

export type BesideMessage =
  | { readonly bytes: number }
  | { readonly id: number; readonly answer: unknown }
  | {
      readonly id: number;
      readonly failure: { readonly code: string | undefined; readonly message: string };
    };

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export class SpreadThread {
  /** Resolves when the thread has nothing left to distribute. */
  readonly spread: Promise<void>;
  readonly #thread: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  #signal: AbortSignal | undefined;
  #onBytes: ((bytes: number) => void) | undefined;
  #isSpread = (): void => {};

  constructor() {
    this.spread = new Promise((resolve) => (this.#isSpread = resolve));
    this.#thread = new Worker(compiledEntry('scenarios/evidence/parts/besideThread'), {
      env: {},
      execArgv: [],
    });
    this.#thread.on('message', (message: BesideMessage) => this.#receive(message));
    this.#thread.on('error', (error) => this.#fail(error));
    this.#thread.on('exit', () => this.#fail(new Error('The thread that sorts evidence ended.')));
  }

  /** Begins to distribute lines as `plan` says. */
  begin(plan: SpreadPlan, { signal, onBytes }: ReadingOptions): Promise<void> {
    this.#signal = signal;
    this.#onBytes = onBytes;
    return this.#ask<void>({ begin: plan });
  }

  journal(place: JournalPlace): Promise<SpreadJournal> {
    return this.#ask<SpreadJournal>({ journal: place });
  }

  finish(): Promise<SpreadLines> {
    const finished = this.#ask<SpreadLines>({ finish: true });
    this.#isSpread();
    return finished;
  }

  /** Does the work of checkFiles in the thread. */
  checkFiles(dir: string, header: EvidenceHeader): Promise<string[]> {
    return this.#ask<string[]>({ check: { dir, header } });
  }

  async close(): Promise<void> {
    this.#thread.removeAllListeners('exit');
    await this.#thread.terminate();
  }

  async #ask<T>(work: BesideWork): Promise<T> {
    const signal = this.#signal;
    signal?.throwIfAborted();
    const id = (this.#last += 1);
    const onAbort = (): void => this.#waiting.get(id)?.reject(signal?.reason);
    signal?.addEventListener('abort', onAbort);
    try {
      return (await new Promise<unknown>((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        this.#thread.postMessage({ id, ...work } satisfies BesideRequest, []);
      })) as T;
    } finally {
      this.#waiting.delete(id);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #receive(message: BesideMessage): void {
    if ('bytes' in message) {
      this.#onBytes?.(message.bytes);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    if ('answer' in message) waiting?.resolve(message.answer);
    else waiting?.reject(errorOf(message.failure));
  }

  #fail(error: unknown): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
  }
}

function errorOf({ code, message }: { readonly code: string | undefined; readonly message: string }): Error {
  return code === undefined ? new Error(message) : new LockstepError(code as LockstepErrorCode, message);
}
