/** The copies that one instance makes: of one record at most one at a time, and one more that has not begun. */
import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { copyLock } from '../../contract/index.ts';
import { copy, type CopyOptions } from './copy.ts';
import { Together } from './together.ts';
import { recordKey, type Owed } from '../sides/owed.ts';
import type { Sides } from '../sides/sides.ts';

export class Copier {
  readonly #sides: Sides;
  readonly #timeoutMs: number;
  readonly #outside = new AsyncResource('lockstep.migration.copies');
  /** Copies that have not read yet: whatever was written until then is in them. */
  readonly #coming = new Map<string, Promise<boolean>>();

  /** @param timeoutMs The longest that a copy waits for others of the same record, in milliseconds. */
  constructor(sides: Sides, timeoutMs: number) {
    this.#sides = sides;
    this.#timeoutMs = timeoutMs;
  }

  /** Copies what is owed; whether this changed the other side. Rejects with what a side rejects with. */
  async copy(owed: Owed): Promise<boolean> {
    const key = recordKey(owed);
    const coming = this.#coming.get(key);
    if (coming !== undefined) return coming;
    const forget = (): void => {
      if (this.#coming.get(key) === copied) this.#coming.delete(key);
    };
    const options: CopyOptions = { onRead: forget, timeoutMs: this.#timeoutMs };
    // In no section, whoever calls from within one. Not before it is known to be coming.
    const copied: Promise<boolean> = Promise.resolve().then(() =>
      this.#outside.runInAsyncScope(async () => copy(this.#sides, owed, options)),
    );
    this.#coming.set(key, copied);
    try {
      return await copied;
    } finally {
      forget();
    }
  }

  /** All of them in one section of the other side, and again what changes meanwhile. Rejects with what that rejects with. */
  async copyTogether(owed: readonly Owed[]): Promise<void> {
    const together = new Together(this.#sides.from, owed);
    await this.#outside.runInAsyncScope(async () =>
      this.#sides.withLock(copyLock('streams', randomUUID()), (view) => together.write(view), {
        timeoutMs: this.#timeoutMs,
      }),
    );
    await this.copyAll(await together.changed());
  }

  /** All of them at once. Rejects with the first error when all have ended. */
  async copyAll(owed: readonly Owed[]): Promise<void> {
    const copies = await Promise.allSettled(owed.map((one) => this.copy(one)));
    for (const one of copies) if (one.status === 'rejected') throw one.reason;
  }
}
