/** Work that nobody waits for. Some of it runs at once, and the rest as earlier work ends. */

const AT_ONCE = 4;
const MAX_WAITING = 1000;

export class Later {
  readonly #onIdle: () => void;
  readonly #waiting: (() => Promise<unknown>)[] = [];
  #running = 0;

  /** @param onIdle Called when nothing is left. */
  constructor(onIdle: () => void) {
    this.#onIdle = onIdle;
  }

  get isIdle(): boolean {
    return this.#running === 0 && this.#waiting.length === 0;
  }

  get hasRoom(): boolean {
    return this.#waiting.length < MAX_WAITING;
  }

  /** Errors of the work are ignored. */
  add(action: () => Promise<unknown>): void {
    this.#waiting.push(action);
    if (this.#running < AT_ONCE) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running += 1;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
      await next().catch(() => undefined);
    this.#running -= 1;
    if (this.isIdle) this.#onIdle();
  }
}
