/** How long it took until a stream was usable again after a fault. */
import type { Strike } from '../../../scenarios/evidence.ts';
import { FAULT_NAMES, faultOf, type FaultName } from '../../../scenarios/faults/catalog.ts';

/** The wait of one service for the stream after a fault, until the lock was granted. */
export interface Use {
  readonly service: number;
  /** When the wait began and when the lock was granted, in nanoseconds since the run's start. Null: never. */
  readonly from: number;
  readonly at: number | null;
  readonly tookNs: number | null;
}

/**
 * For other services the wait begins when the fault has taken effect: the storage works and must free what the struck
 * service held. For the struck service it begins when the fault is over; if the storage itself was struck, this holds
 * for all services.
 */
export function usesOf(strike: Strike): Use[] {
  const { at, until = at, service: struck, fault } = strike;
  if (at === undefined || until === undefined) return [];
  const isForAll = faultOf(fault).strikes === 'storage';
  return strike.usable.map(({ service, at: granted }) => {
    const from = service === struck || isForAll ? until : at;
    return { service, from, at: granted, tookNs: granted === null ? null : Math.max(0, granted - from) };
  });
}

/** Recovery times in milliseconds. Null: not in time. */
export interface Spread {
  readonly medianMs: number | null;
  readonly maxMs: number | null;
}

/** The time until a stream was usable again, in milliseconds. Null: not in time. */
export interface RecoveryTimes {
  readonly others: readonly (number | null)[];
  readonly self: readonly (number | null)[];
}

export function recoveryTimes(strikes: readonly Strike[]): RecoveryTimes {
  const timesOf = (isSelf: boolean): (number | null)[] =>
    strikes.flatMap((strike) =>
      usesOf(strike)
        .filter(({ service }) => (service === strike.service) === isSelf)
        .map(({ tookNs }) => (tookNs === null ? null : tookNs / 1e6)),
    );
  return { others: timesOf(false), self: timesOf(true) };
}

/** Of two middle values, the longer one. Undefined: there are no values. */
export function spreadOf(times: readonly (number | null)[]): Spread | undefined {
  const sorted = times.toSorted((a, b) => (a ?? Infinity) - (b ?? Infinity));
  const [medianMs, maxMs] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return medianMs === undefined || maxMs === undefined ? undefined : { medianMs, maxMs };
}

/** The outcome of each fault of a load. */
export interface FaultTally {
  readonly fault: FaultName;
  readonly planned: number;
  readonly struck: number;
  /** The times of services that were not struck themselves. */
  readonly others?: Spread;
  readonly self?: Spread;
}

export function tallyFaults(
  planned: Readonly<Partial<Record<FaultName, number>>>,
  strikes: readonly Strike[],
): FaultTally[] {
  return FAULT_NAMES.filter((fault) => planned[fault] !== undefined).map((fault) => {
    const own = strikes.filter((strike) => strike.fault === fault && strike.at !== undefined);
    const times = recoveryTimes(own);
    const [others, self] = [spreadOf(times.others), spreadOf(times.self)];
    return {
      fault,
      planned: planned[fault] ?? 0,
      struck: own.length,
      ...(others === undefined ? {} : { others: rounded(others) }),
      ...(self === undefined ? {} : { self: rounded(self) }),
    };
  });
}

function rounded({ medianMs, maxMs }: Spread): Spread {
  const known = (value: number | null): number | null =>
    value === null ? null : Math.round(value * 10) / 10;
  return { medianMs: known(medianMs), maxMs: known(maxMs) };
}
