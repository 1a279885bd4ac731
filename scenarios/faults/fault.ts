/** What a fault is, and what it acts on. */
import type { TargetFault } from '../../adapters/contract/index.ts';
import type { HeldRequest } from './commits.ts';
import type { StrikePoint } from './points.ts';
import type { StorageProxy } from './proxy/proxy.ts';

/** A fault that a load can be struck by, while a request of a service is held at a point. */
export interface Fault<Name extends string = string> {
  readonly name: Name;
  /** What happens, in one line of Markdown. */
  readonly summary: string;
  /** Where it strikes. Those at the commit, if the target says how one is recognised. */
  readonly points: readonly StrikePoint[];
  /**
   * Whom it strikes: the service that holds a section, while the storage and the others work on; or the storage, and so
   * everybody.
   */
  readonly strikes: 'holder' | 'storage';
  /** What the target must offer. */
  readonly needs: 'nothing' | 'fault' | 'network';
  /** Brings it about. Rejects when it did not happen, which makes the load inconclusive. */
  start(field: Field, strike: PlacedStrike, request: HeldRequest): Promise<Injection>;
}

/** A fault that has struck. */
export interface Injection {
  /** What shows that it did. */
  readonly proof: string;
  /** How long it lasts at least, in milliseconds; absent: no longer than the rest asks for. */
  readonly lastsMs?: number;
  /** Whether it lasts until others have the stream. */
  readonly untilOthersHaveIt?: boolean;
  /** Ends it. Absent: there is nothing to end. */
  readonly heal?: () => Promise<void>;
}

export interface PlacedStrike {
  /** From 1. */
  readonly number: number;
  readonly point: StrikePoint;
  /** Number of the service, from 1. */
  readonly service: number;
}

/** What faults act on. */
export interface Field {
  readonly fleet: {
    worker(service: number): StruckProcess;
    /** Starts another process in the place of one that has ended. */
    replace(service: number): Promise<void>;
  };
  readonly hosting: {
    strike(fault: TargetFault, namespace: string, instance: number): Promise<string>;
    heal(): Promise<void>;
  };
  readonly namespace: string;
  readonly proxies: { of(service: number): StorageProxy } | undefined;
  /** How long a black hole lasts at least, in milliseconds. */
  readonly blackholeMs: number;
}

interface StruckProcess {
  readonly pid: number | undefined;
  readonly exited: Promise<{ readonly signal: NodeJS.Signals | null }>;
  signal(name: NodeJS.Signals): void;
  /** Sets the clock of the process wrong. Resolves with what it shows. */
  call<T>(command: { readonly do: 'skew'; readonly ms: number }, atMostMs: number): Promise<T>;
}

/** How long what has no end of its own lasts, in milliseconds. */
export const LASTS_MS = 2000;

export function proxyOf({ proxies }: Field, service: number): StorageProxy {
  if (proxies === undefined) throw new Error('Expected proxies in front of the storage.');
  return proxies.of(service);
}
