/**
 * How often the rules could have been broken in this run. Unanswered requests do not count. Neither do requests that
 * could no longer have an effect: a refusal by a used-up stream, a replay of an old answer.
 */
import type { EvidenceHeader } from '../../scenarios/evidence.ts';
import type { Power } from '../../scenarios/evidence/model/power.ts';
import type { HistoryEntry } from '../../scenarios/evidence/model/history.ts';
import type { CaseFile } from './facts/caseFile.ts';
import { countClaims } from './rules/claims.ts';
import {
  contendersIn,
  contestIn,
  countBeside,
  countFights,
  minus,
  plus,
  type Contender,
  type Contest,
  type PairCount,
} from './facts/contention.ts';
import { groupBy } from './groupBy.ts';
import { indexIntervals, type Interval } from './intervals.ts';

export interface PowerPart extends Pick<Power, 'claimRaces' | 'lateFinishes'> {
  readonly contest: Contest;
}

export function powerIn(file: CaseFile): PowerPart {
  return { contest: contestIn(file), ...countClaims(file.turns) };
}

/** `scans`: all of them. `services`: how many there are. */
export function countPower(
  parts: readonly PowerPart[],
  scans: readonly HistoryEntry[],
  { services }: Pick<EvidenceHeader, 'services'>,
): Power {
  let sum: PairCount = { all: 0, acrossServices: 0 };
  let contendedStreams = 0;
  let duplicateAttempts = 0;
  const writing: Interval[] = [];
  for (const contenders of contendersIn(parts.map(({ contest }) => contest))) {
    const duplicates = countDuplicates(contenders);
    const fights = countFights(contenders.filter(({ isReplay }) => !isReplay));
    const pairs = plus(fights, duplicates.replayed);
    sum = plus(sum, pairs);
    duplicateAttempts += duplicates.all;
    // With one service there is no other service to contend with.
    if ((services > 1 ? pairs.acrossServices : pairs.all) > 0) contendedStreams += 1;
    for (const contender of contenders) if (scans.length > 0 && contender.tookEffect) writing.push(contender);
  }
  return {
    crossProcessAttempts: sum.acrossServices,
    inProcessAttempts: sum.all - sum.acrossServices,
    contendedStreams,
    duplicateAttempts,
    scansBesideWrites: countScansBesideWrites(scans, writing),
    claimRaces: parts.reduce((all, part) => all + part.claimRaces, 0),
    lateFinishes: parts.reduce((all, part) => all + part.lateFinishes, 0),
  };
}

/** The minimums that `power` misses, as texts; empty: it reaches all of them. */
export function missedMinimums(power: Power, minimums: Power): string[] {
  return (Object.keys(minimums) as (keyof Power)[])
    .filter((name) => power[name] < minimums[name])
    .map((name) => `${LABELS[name]}: ${power[name]} of ${minimums[name]}`);
}

const LABELS: Readonly<Record<keyof Power, string>> = {
  crossProcessAttempts:
    'pairs of answered requests for one stream at work at once on two services, or waiting for each other',
  inProcessAttempts:
    'pairs of answered requests for one stream at work at once on one service, or waiting for each other',
  contendedStreams: 'streams with such a pair',
  duplicateAttempts: 'pairs of answered requests with one token at work at once, or waiting for each other',
  scansBesideWrites: 'scans during which a write was committed',
  claimRaces:
    'pairs of workers that asked for an export job at the same time on two services, of which one got it',
  lateFinishes: 'workers that finished an export job after another had taken it over',
};

/** Overlapping pairs of requests with one token, of which at least one took effect. */
function countDuplicates(contenders: readonly Contender[]): {
  readonly all: number;
  /** Pairs of which one was answered with the answer that the other one stored. */
  readonly replayed: PairCount;
} {
  let all = 0;
  let replayed: PairCount = { all: 0, acrossServices: 0 };
  for (const group of groupBy(contenders, ({ token }) => token).values()) {
    if (group.length < 2) continue;
    const pairs = countBeside(group);
    all += pairs.all;
    replayed = plus(replayed, minus(pairs, countBeside(group.filter(({ isReplay }) => !isReplay))));
  }
  return { all, replayed };
}

/** Scans during which a section committed a write. */
function countScansBesideWrites(scans: readonly HistoryEntry[], writing: readonly Interval[]): number {
  const wasWriting = indexIntervals(writing);
  return scans.filter(
    ({ outcome, call, return: end }) => outcome === 'ok' && end !== null && wasWriting(call, end),
  ).length;
}
