/** How long it took after a fault until a stream was usable again. */
import type { Strike } from '../../scenarios/evidence.ts';
import { FAULT_NAMES, faultOf, type FaultName } from '../../scenarios/faults/catalog.ts';

/** One service that asked for the stream after a fault, until it was granted. */
export interface Use {
  readonly service: number;
  /** From when it counts, and when it was granted, in nanoseconds since the run's start. null: never. */
  readonly from: number;
  readonly at: number | null;
  readonly tookNs: number | null;
}

/**
 * For other services it counts from when the fault had taken hold: the storage is there, and must free what the struck
 * one had. For the struck one, and for all when the storage itself was struck, from when the fault was over.
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

/** In milliseconds; what was never usable again is Infinity. */
export interface Recovery {
  readonly medianMs: number;
  readonly maxMs: number;
}

export interface Measured {
  /** Of services that were not struck themselves. */
  readonly others: Recovery | undefined;
  readonly struck: Recovery | undefined;
}

/** Until a stream was usable again, in milliseconds; null: not in time. */
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

export function measure(strikes: readonly Strike[]): Measured {
  const { others, self } = recoveryTimes(strikes);
  return { others: recoveryOf(others), struck: recoveryOf(self) };
}

function recoveryOf(unordered: readonly (number | null)[]): Recovery | undefined {
  const times = unordered.map((time) => time ?? Infinity).sort((a, b) => a - b);
  const [median, max] = [times[Math.floor(times.length / 2)], times.at(-1)];
  return median === undefined || max === undefined ? undefined : { medianMs: median, maxMs: max };
}

/** What came of each fault of a load. */
export interface FaultTally {
  readonly fault: FaultName;
  readonly planned: number;
  readonly struck: number;
  /** Milliseconds; null: it was never usable again; absent: nobody asked. */
  readonly others?: { readonly medianMs: number | null; readonly maxMs: number | null };
  readonly self?: { readonly medianMs: number | null; readonly maxMs: number | null };
}

export function tallyFaults(
  planned: Readonly<Partial<Record<FaultName, number>>>,
  strikes: readonly Strike[],
): FaultTally[] {
  return FAULT_NAMES.filter((fault) => planned[fault] !== undefined).map((fault) => {
    const own = strikes.filter((strike) => strike.fault === fault && strike.at !== undefined);
    const { others, struck } = measure(own);
    return {
      fault,
      planned: planned[fault] ?? 0,
      struck: own.length,
      ...(others === undefined ? {} : { others: finite(others) }),
      ...(struck === undefined ? {} : { self: finite(struck) }),
    };
  });
}

function finite({ medianMs, maxMs }: Recovery): NonNullable<FaultTally['others']> {
  const known = (value: number): number | null => (value === Infinity ? null : Math.round(value * 10) / 10);
  return { medianMs: known(medianMs), maxMs: known(maxMs) };
}
