/** What a fault is, and what it can act on. */
import type { TargetFault } from '../../adapters/contract/index.ts';
import type { HeldRequest } from './commits.ts';
import type { StrikePoint } from './points.ts';
import type { StorageProxy } from './proxy/proxy.ts';

/** A fault that strikes a load while a request of a service is held at a point. */
export interface Fault<Name extends string = string> {
  readonly name: Name;
  /** What happens, in one line of Markdown. */
  readonly summary: string;
  /**
   * The points at which it can strike. The points of the commit are only used if the target says how to recognize one.
   */
  readonly points: readonly StrikePoint[];
  /**
   * What it strikes: `holder` is the service that holds a section, while the storage and the other services keep
   * working; `storage` affects every service.
   */
  readonly strikes: 'holder' | 'storage';
  /** Whether it strikes the storage as well where that lives in the process of the service. Default false. */
  readonly strikesProcess?: boolean;
  /** What the target must offer. */
  readonly needs: 'nothing' | 'fault' | 'network';
  /** Causes the fault. Rejects if it did not take effect, which makes the load inconclusive. */
  start(field: Field, strike: PlacedStrike, request: HeldRequest): Promise<Injection>;
}

/** A fault that has struck. */
export interface Injection {
  /** The proof that it took effect. */
  readonly proof: string;
  /** The shortest duration, in milliseconds. Absent: only the other conditions decide. */
  readonly lastsMs?: number;
  /** Whether it lasts until other services have the stream. */
  readonly untilOthersHaveIt?: boolean;
  /** Ends the fault. Absent: there is nothing to end. */
  readonly heal?: () => Promise<void>;
}

export interface PlacedStrike {
  /** The strike's number, from 1. */
  readonly number: number;
  readonly point: StrikePoint;
  /** The number of the service, from 1. */
  readonly service: number;
}

/** What faults can act on. */
export interface Field {
  readonly fleet: {
    worker(service: number): StruckProcess;
    /** Starts another process in place of one that has ended. */
    replace(service: number): Promise<void>;
  };
  readonly hosting: {
    strike(fault: TargetFault, namespace: string, instance: number): Promise<string>;
    heal(): Promise<void>;
  };
  readonly namespace: string;
  readonly proxies: { of(service: number): StorageProxy } | undefined;
  /** The shortest duration of a black hole, in milliseconds. */
  readonly blackholeMs: number;
}

interface StruckProcess {
  readonly pid: number | undefined;
  readonly exited: Promise<{ readonly signal: NodeJS.Signals | null }>;
  signal(name: NodeJS.Signals): void;
  /** Moves the clock of the process. Resolves with the time that it then shows. */
  call<T>(command: { readonly do: 'skew'; readonly ms: number }, atMostMs: number): Promise<T>;
}

/** The duration of faults that do not end on their own, in milliseconds. */
export const LASTS_MS = 2000;

export function proxyOf({ proxies }: Field, service: number): StorageProxy {
  if (proxies === undefined) throw new Error('Expected proxies in front of the storage.');
  return proxies.of(service);
}
