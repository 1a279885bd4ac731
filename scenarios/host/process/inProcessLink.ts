/** A host inside this process, for debugging with breakpoints: nothing protects this process from the adapter. */
import { defined } from '../../../adapters/contract/defined.ts';
import { listenForStrays, type Beside } from '../beside/beside.ts';
import { nextTurn } from './bounded.ts';
import { decode, encode } from '../language/codec.ts';
import type { CommandName, Commands, Note, Tell } from './commands.ts';
import { HostCore } from './core.ts';
import { hostLost } from './failed.ts';
import type { Link, RunListener } from './link.ts';
import type { ImportModule } from '../importModule.ts';
import type { LostHost } from '../language/history.ts';

export class InProcessLink implements Link {
  readonly process: number;
  readonly lastWords: undefined;
  readonly isStopped = false;
  readonly #core: HostCore;
  readonly #listeners = new Map<number, RunListener>();
  readonly #deafen: () => void;
  #lost: LostHost | undefined;

  /** The links of this process, the most recently used one last. Stray errors are attributed to that one. */
  static #live: readonly InProcessLink[] = [];

  constructor(process: number, importModule?: ImportModule) {
    this.process = process;
    this.#core = new HostCore({
      process,
      note: (note) => void setImmediate(() => this.#hear(travelled(note))),
      ...defined({ importModule }),
    });
    this.#deafen = listenForStrays(process, (stray) => {
      if (InProcessLink.#live.at(-1) === this) this.#core.stray(stray);
    });
    this.#isAsked();
  }

  get lost(): LostHost | undefined {
    return this.#lost;
  }

  async request<K extends CommandName>(
    command: K,
    input: Commands[K]['input'],
  ): Promise<Commands[K]['output']> {
    if (this.#lost !== undefined) throw hostLost(this.#lost);
    this.#isAsked();
    return travelled(await this.#core.handle(command, travelled(input)));
  }

  tell(tell: Tell): void {
    setImmediate(() => this.#core.tell(tell));
  }

  listen(run: number, listener: RunListener): () => void {
    this.#listeners.set(run, listener);
    return () => void this.#listeners.delete(run);
  }

  takeBeside(): Beside {
    return this.#core.takeBeside();
  }

  async end(): Promise<void> {
    if (this.#lost !== undefined) return;
    this.#lost = { process: this.process, reason: 'exit', detail: 'it was closed' };
    await this.#core.shutDown();
    await nextTurn();
    this.#deafen();
    InProcessLink.#live = InProcessLink.#live.filter((one) => one !== this);
  }

  #isAsked(): void {
    InProcessLink.#live = [...InProcessLink.#live.filter((one) => one !== this), this];
  }

  #hear(note: Note): void {
    if (note.note !== 'last') this.#listeners.get(note.run)?.note(note);
  }
}

/** The value as it would arrive from another process, so that both kinds of host behave alike. */
function travelled<T>(value: T): T {
  return decode(encode(value)) as T;
}
