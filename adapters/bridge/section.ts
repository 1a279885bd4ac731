/** One section: a callback under the store's lock. Its writes go straight to the store. */
import type { Timestamp } from '../contract/index.ts';
import { closed } from '../contract/rules/refusals.ts';
import type { Session } from './session.ts';

interface Owner {
  readonly isClosed: boolean;
  stamp(): Timestamp;
  step<R>(action: () => R): R;
}

export class Section implements Session {
  readonly #owner: Owner;
  readonly #atomic: boolean;
  #failure: { readonly error: unknown } | undefined;
  #hasEnded = false;

  /** `atomic`: whether the store undoes a section that rejects. Only then may a failed write doom the section. */
  constructor(owner: Owner, atomic: boolean) {
    this.#owner = owner;
    this.#atomic = atomic;
  }

  stamp(): Timestamp {
    return this.#owner.stamp();
  }

  async read<R>(action: () => R): Promise<R> {
    return this.#run(action);
  }

  write<R>(action: () => R): Promise<R> {
    const written = this.#write(action);
    // A doomed section rejects with this error anyway. So a callback that did not await the write must not end the
    // process with an unhandled rejection.
    if (this.#atomic) written.catch(() => undefined);
    return written;
  }

  /** Throws the first failed write of an atomic section, even if the callback ignored the error. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Ends the view. */
  end(): void {
    this.#hasEnded = true;
  }

  async #write<R>(action: () => R): Promise<R> {
    try {
      return this.#run(() => this.#owner.step(action));
    } catch (error) {
      if (this.#atomic && !this.#hasEnded) this.#failure ??= { error };
      throw error;
    }
  }

  #run<R>(action: () => R): R {
    if (this.#hasEnded || this.#owner.isClosed) throw closed('section');
    return action();
  }
}
