/**
 * What an adapter does besides answering calls: errors that reach the process outside any call, and resources that its
 * instances leave behind. The parent receives it together with the answers, whatever these are about.
 */
import { defined } from '../../../adapters/contract/defined.ts';
import { hideSecrets } from '../../secrets.ts';
import { caught } from '../language/caught.ts';
import type { Leak } from './leaks.ts';
import type { Caught, LostHost } from '../language/history.ts';

export const STRAY_KINDS = ['unhandled rejection', 'uncaught exception', 'end of the process'] as const;
export type StrayKind = (typeof STRAY_KINDS)[number];

/**
 * An error that reached a process outside any call, which would end a plain Node.js process. Or the end of a process.
 */
export interface Stray extends Caught {
  readonly kind: StrayKind;
  /** The number of the process. */
  readonly process: number;
  /** Where it was thrown, if that is known. */
  readonly stack?: string;
}

export interface Beside {
  readonly strays: readonly Stray[];
  readonly leaks: readonly Leak[];
}

export const NOTHING_BESIDE: Beside = { strays: [], leaks: [] };

/** Limits how much a faulty adapter can accumulate. */
const MAX_KEPT = 100;
const MAX_STACK = 4_000;

/** Collects until `take` is called. */
export class BesideCalls {
  #strays: Stray[] = [];
  #leaks: Leak[] = [];

  add({ strays, leaks }: Beside): void {
    this.#strays.push(...strays.slice(0, MAX_KEPT - this.#strays.length));
    this.#leaks.push(...leaks.slice(0, MAX_KEPT - this.#leaks.length));
  }

  /** What has been collected since the last call. */
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

/** Calls `heard` for every error that reaches this process outside any call, until the returned function is called. */
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

/** Reports a process that ended while no program was running. */
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
