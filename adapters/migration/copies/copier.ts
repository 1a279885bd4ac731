/** Makes the copies of one instance. Of one record at most one copy is in progress, and one more is waiting. */
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
  /** Copies that have not read yet. They will contain everything that is written until then. */
  readonly #coming = new Map<string, Promise<boolean>>();

  /** @param timeoutMs How long a copy waits at most for other copies of its record, in milliseconds. */
  constructor(sides: Sides, timeoutMs: number) {
    this.#sides = sides;
    this.#timeoutMs = timeoutMs;
  }

  /** Copies what is owed. Returns whether the other side was changed. Rejects with the error of a side. */
  async copy(owed: Owed): Promise<boolean> {
    const key = recordKey(owed);
    const coming = this.#coming.get(key);
    if (coming !== undefined) return coming;
    const forget = (): void => {
      if (this.#coming.get(key) === copied) this.#coming.delete(key);
    };
    const options: CopyOptions = { onRead: forget, timeoutMs: this.#timeoutMs };
    // The copy runs outside the caller's section. It begins only after it was added to `#coming`.
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

  /** Makes all copies in one section of the other side. Copies again what changed meanwhile. Rejects with that side's error. */
  async copyTogether(owed: readonly Owed[]): Promise<void> {
    const together = new Together(this.#sides.from, owed);
    await this.#outside.runInAsyncScope(async () =>
      this.#sides.withLock(copyLock('streams', randomUUID()), (view) => together.write(view), {
        timeoutMs: this.#timeoutMs,
      }),
    );
    await this.copyAll(await together.changed());
  }

  /** Makes all copies at the same time. Rejects with the first error when all have ended. */
  async copyAll(owed: readonly Owed[]): Promise<void> {
    const copies = await Promise.allSettled(owed.map((one) => this.copy(one)));
    for (const one of copies) if (one.status === 'rejected') throw one.reason;
  }
}
