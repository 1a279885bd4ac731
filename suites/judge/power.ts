/** How often the rules could have been broken in this run. */
import type { HistoryEntry, Power } from '../../scenarios/evidence.ts';
import type { CaseFile } from './caseFile.ts';
import { countClaims } from './claims.ts';
import { indexIntervals } from './intervals.ts';

export function countPower(file: CaseFile): Power {
  let crossProcessAttempts = 0;
  let contendedStreams = 0;
  for (const { requests } of file.streams.values()) {
    const pairs = countPairs(requests);
    crossProcessAttempts += pairs.acrossServices;
    if (pairs.acrossServices > 0) contendedStreams += 1;
  }
  let duplicateAttempts = 0;
  for (const { requests } of file.tokens.values()) duplicateAttempts += countPairs(requests).all;
  return {
    crossProcessAttempts,
    contendedStreams,
    duplicateAttempts,
    scansBesideWrites: countScansBesideWrites(file),
    ...countClaims(file.turns),
  };
}

/** The minimums that `power` misses, for people; empty when it reaches them all. */
export function missedMinimums(power: Power, minimums: Power): string[] {
  return (Object.keys(minimums) as (keyof Power)[])
    .filter((name) => power[name] < minimums[name])
    .map((name) => `${LABELS[name]}: ${power[name]} of ${minimums[name]}`);
}

const LABELS: Readonly<Record<keyof Power, string>> = {
  crossProcessAttempts: 'pairs of requests for one stream in flight at once on two services',
  contendedStreams: 'streams on which that happened',
  duplicateAttempts: 'pairs of requests with one token in flight at once',
  scansBesideWrites: 'scans beside writes',
  claimRaces: 'pairs of workers that asked for an export job at once on two services',
  lateFinishes: 'workers that ended an export job while another had taken it over',
};

/** Pairs that were in flight at once: all, and those on two services. Sweeps, with the open requests counted by service. */
function countPairs(requests: readonly HistoryEntry[]): {
  readonly all: number;
  readonly acrossServices: number;
} {
  const calls = [...requests].sort((a, b) => a.call - b.call);
  // When a request without an answer ended is unknown: it counts with those before it, not with those after it.
  const returns = requests.filter((request) => endOf(request) > request.call);
  returns.sort((a, b) => endOf(a) - endOf(b));
  const open = new Map<number, number>();
  let inFlight = 0;
  let all = 0;
  let acrossServices = 0;
  let next = 0;
  for (const request of calls) {
    const { call, service } = request;
    for (let ended = returns[next]; ended !== undefined && endOf(ended) <= call; ended = returns[next]) {
      open.set(ended.service, (open.get(ended.service) ?? 0) - 1);
      inFlight -= 1;
      next += 1;
    }
    all += inFlight;
    acrossServices += inFlight - (open.get(service) ?? 0);
    if (endOf(request) <= call) continue;
    open.set(service, (open.get(service) ?? 0) + 1);
    inFlight += 1;
  }
  return { all, acrossServices };
}

function endOf({ call, return: end }: HistoryEntry): number {
  return end ?? call;
}

/** Scans during which a request that may write was in flight. */
function countScansBesideWrites({ requests, scans }: CaseFile): number {
  const writes = requests.filter((request) => request.f !== 'get');
  const wasWriting = indexIntervals(writes.map((write) => ({ from: write.call, to: endOf(write) })));
  return scans.filter(
    ({ outcome, call, return: end }) => outcome === 'ok' && end !== null && wasWriting(call, end),
  ).length;
}
