/**
 * What an adapter does beside the calls that it answers: errors that reach the process outside any call, and what its
 * instances leave behind. It travels with the answers to the parent, whatever they answer.
 */
import { defined } from '../../../adapters/contract/defined.ts';
import { hideSecrets } from '../../secrets.ts';
import { caught } from '../language/caught.ts';
import type { Leak } from './leaks.ts';
import type { Caught, LostHost } from '../language/history.ts';

export const STRAY_KINDS = ['unhandled rejection', 'uncaught exception', 'end of the process'] as const;
export type StrayKind = (typeof STRAY_KINDS)[number];

/** An error that reached a process beside every call: a plain Node.js process ends by it. Or that end itself. */
export interface Stray extends Caught {
  readonly kind: StrayKind;
  /** Number of the process. */
  readonly process: number;
  /** Where it was thrown, as far as that is known. */
  readonly stack?: string;
}

export interface Beside {
  readonly strays: readonly Stray[];
  readonly leaks: readonly Leak[];
}

export const NOTHING_BESIDE: Beside = { strays: [], leaks: [] };

/** Bounds what an adapter that goes wild leaves behind. */
const MAX_KEPT = 100;
const MAX_STACK = 4_000;

/** Gathers until it is asked. */
export class BesideCalls {
  #strays: Stray[] = [];
  #leaks: Leak[] = [];

  add({ strays, leaks }: Beside): void {
    this.#strays.push(...strays.slice(0, MAX_KEPT - this.#strays.length));
    this.#leaks.push(...leaks.slice(0, MAX_KEPT - this.#leaks.length));
  }

  /** What came since it was asked last. */
  take(): Beside {
    if (this.#strays.length + this.#leaks.length === 0) return NOTHING_BESIDE;
    const taken = { strays: this.#strays, leaks: this.#leaks };
    this.#strays = [];
    this.#leaks = [];
    return taken;
  }
}

export function isNothing({ strays, leaks }: Beside): boolean {
  return strays.length + leaks.length === 0;
}

export function joined(parts: readonly Beside[]): Beside {
  return { strays: parts.flatMap(({ strays }) => strays), leaks: parts.flatMap(({ leaks }) => leaks) };
}

/** Hears every error that reaches this process outside any call, until the returned function is called. */
export function listenForStrays(process_: number, heard: (stray: Stray) => void): () => void {
  const rejected = (error: unknown): void => heard(strayOf('unhandled rejection', process_, error));
  const thrown = (error: unknown): void => heard(strayOf('uncaught exception', process_, error));
  process.on('unhandledRejection', rejected);
  process.on('uncaughtException', thrown);
  return () => {
    process.off('unhandledRejection', rejected);
    process.off('uncaughtException', thrown);
  };
}

/** A process that ended while no program ran. */
export function endOf({ process: process_, reason, detail }: LostHost): Stray {
  return { kind: 'end of the process', process: process_, name: reason, message: detail, causes: [] };
}

function strayOf(kind: StrayKind, process_: number, error: unknown): Stray {
  const stack = stackOf(error);
  return { kind, process: process_, ...caught(error), ...defined({ stack }) };
}

function stackOf(error: unknown): string | undefined {
  try {
    const stack: unknown = error instanceof Error ? error.stack : undefined;
    return typeof stack === 'string' ? hideSecrets(stack).slice(0, MAX_STACK) : undefined;
  } catch {
    return undefined;
  }
}
