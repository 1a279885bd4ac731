/** What an instance knows of who decides. It reads both sides again and again, and at once after a write was refused. */
import type { Authority, AuthorityState, AuthorityView, MigrationSide } from '../../contract/index.ts';

/** The state of each side. Undefined: the side has not answered. */
export type States = { readonly [side in MigrationSide]?: AuthorityState | undefined };

/** Who decides according to these states. Undefined: they do not say. If one side says that it decides, that is enough. */
export function viewOf({ old, new: other }: States): AuthorityView | undefined {
  if (old?.epoch === 0) return { decides: 'old', epoch: 0, finished: false };
  const deciding = [
    ...(old?.decides === true ? [{ side: 'old' as const, ...old }] : []),
    ...(other?.decides === true && other.epoch > 0 ? [{ side: 'new' as const, ...other }] : []),
  ].sort((a, b) => b.epoch - a.epoch)[0];
  if (deciding !== undefined) {
    const { side, epoch, admitsUnmarked } = deciding;
    return { decides: side, epoch, finished: side === 'new' && admitsUnmarked };
  }
  if (old === undefined || other === undefined) return undefined;
  return { decides: undefined, epoch: Math.max(old.epoch, other.epoch), finished: false };
}

export interface WatchOptions {
  /** Undefined: a side has no authority, and the old side decides permanently. */
  readonly authorities: Readonly<Record<MigrationSide, Authority>> | undefined;
  /** How long an instance may rely on an answer, in milliseconds. */
  readonly leaseMs: number;
  /** How long a reading waits for the sides at most, in milliseconds. */
  readonly boundMs: number;
  /** Called with how long each side took to answer, in milliseconds. */
  readonly onTimes: (times: Readonly<Record<MigrationSide, number>>) => void;
  /** After so many milliseconds without an answer a side is in doubt. */
  readonly doubtMs: number;
  /** Called when a side is in doubt. */
  readonly onDoubt: (side: MigrationSide) => void;
}

const NEVER_MOVED: AuthorityView = { decides: 'old', epoch: 0, finished: false };

export class Watch {
  readonly #options: WatchOptions;
  #view: AuthorityView | undefined;
  /** When the questions were asked whose answers make up the view. */
  #asOf = -Infinity;
  #reading: Promise<void> | undefined;
  /** Questions without an answer so far. A side is asked nothing else until it answers. */
  readonly #open = new Map<MigrationSide, Question>();

  constructor(options: WatchOptions) {
    this.#options = options;
    if (options.authorities === undefined) this.#view = NEVER_MOVED;
  }

  get view(): AuthorityView | undefined {
    return this.#view;
  }

  /** Whether the view may be relied on: a hand over since then would still be waiting for this instance. */
  get isFresh(): boolean {
    return this.#options.authorities === undefined || performance.now() - this.#asOf < this.#options.leaseMs;
  }

  /** Reads both sides. Resolves when one says who decides, or neither can. Never rejects. Concurrent callers share a reading. */
  async refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    await this.#reading;
  }

  /** As `refresh`, but with a reading that begins now or later. One in progress may have begun too early. */
  async refreshAnew(): Promise<void> {
    await this.#reading;
    await this.refresh();
  }

  async #read(): Promise<void> {
    const { authorities, boundMs, onTimes } = this.#options;
    if (authorities === undefined) return;
    const start = performance.now();
    const states: { [side in MigrationSide]?: AuthorityState } = {};
    const times: { [side in MigrationSide]?: number } = {};
    let asOf = Infinity;
    await new Promise<void>((resolve) => {
      const bound = setTimeout(resolve, boundMs);
      const heard = (side: MigrationSide, question: Question, state: AuthorityState | undefined): void => {
        times[side] = performance.now() - start;
        if (state !== undefined) {
          states[side] = state;
          asOf = Math.min(asOf, question.start);
        }
        const view = viewOf(states);
        if (view !== undefined) this.#learn(view, asOf);
        const { old, new: other } = times;
        if (old !== undefined && other !== undefined) onTimes({ old, new: other });
        else if (view?.decides === undefined) return;
        clearTimeout(bound);
        resolve();
      };
      for (const side of ['old', 'new'] as const) {
        const question = this.#ask(side, authorities[side]);
        void question.answer.then((state) => heard(side, question, state));
      }
    });
  }

  /** Ignores answers to questions that are older than those of the view. */
  #learn(view: AuthorityView, asOf: number): void {
    if (asOf < this.#asOf) return;
    if (this.#view !== undefined && view.epoch < this.#view.epoch) return;
    this.#view = view;
    this.#asOf = asOf;
  }

  /** A side that has not answered yet is not asked again: its answer will be to the first question. */
  #ask(side: MigrationSide, authority: Authority): Question {
    const open = this.#open.get(side);
    if (open !== undefined) return open;
    const { doubtMs, onDoubt } = this.#options;
    const asked = async (): Promise<AuthorityState | undefined> => {
      const doubt = setTimeout(() => onDoubt(side), doubtMs).unref();
      try {
        return await authority.get();
      } catch {
        return undefined;
      } finally {
        clearTimeout(doubt);
        this.#open.delete(side);
      }
    };
    const question = { start: performance.now(), answer: Promise.resolve().then(asked) };
    this.#open.set(side, question);
    return question;
  }
}

interface Question {
  readonly start: number;
  /** Undefined: the state could not be read. */
  readonly answer: Promise<AuthorityState | undefined>;
}
