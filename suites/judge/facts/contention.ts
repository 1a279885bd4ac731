/**
 * Which sections contended: pairs that overlapped, or would have overlapped without a lock. Only sections of answered
 * requests count, because it is unknown what the others would have done.
 */
import type { EvidenceHeader } from '../../../scenarios/evidence.ts';
import type { HistoryEntry } from '../../../scenarios/evidence/model/history.ts';
import { isEffectAnswer, isObservation } from './answers.ts';
import type { CaseFile, StreamFile } from './caseFile.ts';
import type { TokenFile } from './tokenFile.ts';
import { groupBy } from '../groupBy.ts';
import type { Execution, JournalSection } from './sections.ts';
import { staleReaderOf, type StaleReads } from './stale.ts';

/** A section whose request was answered. */
export interface Contender {
  readonly service: number;
  /** Equal for equal tokens of one stream. */
  readonly token: number;
  /** From when it would have begun without a lock, to when withLock settled. */
  readonly from: number;
  readonly to: number;
  readonly tookEffect: boolean;
  /** Whether it was answered with a stored answer. Then it could not have had another effect. */
  readonly isReplay: boolean;
  /** The revision that its effect made or that it saw. -1: its result without the other request is unknown. */
  readonly revision: number;
  /** Of one without an effect, see StaleReads. */
  readonly effective: number;
}

/**
 * The sections of a part whose requests were answered, stream by stream, in columns, because a large load has a
 * million.
 */
export interface Contest {
  /** Behind the last section of each stream. */
  readonly ends: Int32Array;
  readonly service: Int32Array;
  /** Equal for equal tokens of one stream. */
  readonly token: Int32Array;
  /** When withLock was called, and when it had settled. */
  readonly wait: Float64Array;
  readonly settled: Float64Array;
  readonly tookEffect: Uint8Array;
  readonly isReplay: Uint8Array;
  readonly revision: Int32Array;
  readonly effective: Uint32Array;
  /** The shortest time from withLock to the callback; Infinity: there is none. */
  readonly minNs: number;
}

export function contestIn({
  header,
  streams,
  tokens,
}: Pick<CaseFile, 'header' | 'streams' | 'tokens'>): Contest {
  const answered = [...streams.values()].map((stream) => answeredSections(stream, tokens, header));
  const all = answered.flat();
  let end = 0;
  return {
    ends: Int32Array.from(answered, (sections) => (end += sections.length)),
    service: Int32Array.from(all, ({ section }) => section.service),
    token: numbersOf(all),
    wait: Float64Array.from(all, ({ section }) => section.wait ?? 0),
    settled: Float64Array.from(all, ({ section }) => section.settled),
    tookEffect: Uint8Array.from(all, ({ made }) => (made === undefined ? 0 : 1)),
    isReplay: Uint8Array.from(all, ({ request }) => (isReplayed(request) ? 1 : 0)),
    revision: Int32Array.from(all, ({ made, stale }) => made?.revision ?? stale?.seen ?? -1),
    effective: Uint32Array.from(all, ({ stale }) => stale?.effective ?? 0),
    minNs: all.reduce((least, { section }) => Math.min(least, waitOf(section)), Infinity),
  };
}

function numbersOf(sections: readonly AnsweredSection[]): Int32Array {
  const numbers = new Map<string | undefined, number>();
  return Int32Array.from(sections, ({ section: { token } }) => {
    const known = numbers.get(token) ?? numbers.size;
    numbers.set(token, known);
    return known;
  });
}

/** The contenders of every stream of all parts. */
export function* contendersIn(contests: readonly Contest[]): Generator<Contender[], void, void> {
  // How long it takes to enter when the lock is free. A section that enters later could only read what was committed
  // by then.
  const overheadNs = contests.reduce((least, { minNs }) => Math.min(least, minNs), Infinity);
  for (const contest of contests) {
    let from = 0;
    for (const end of contest.ends) {
      const length = end - from;
      const start = from;
      from = end;
      yield Array.from({ length }, (_, offset) => contenderAt(contest, start + offset, overheadNs));
    }
  }
}

function contenderAt(contest: Contest, at: number, overheadNs: number): Contender {
  return {
    service: contest.service[at] as number,
    token: contest.token[at] as number,
    from: (contest.wait[at] as number) + overheadNs,
    to: contest.settled[at] as number,
    tookEffect: contest.tookEffect[at] === 1,
    isReplay: contest.isReplay[at] === 1,
    revision: contest.revision[at] as number,
    effective: contest.effective[at] as number,
  };
}

interface AnsweredSection {
  readonly section: JournalSection;
  readonly request: HistoryEntry;
  /** Absent: it took no effect. */
  readonly made: Execution | undefined;
  /** Absent: it took effect, or was answered with a stored answer. */
  readonly stale: StaleReads | undefined;
}

function answeredSections(
  stream: StreamFile,
  tokens: ReadonlyMap<string, TokenFile>,
  header: EvidenceHeader,
): AnsweredSection[] {
  const answered: AnsweredSection[] = [];
  const readStale = staleReaderOf(stream, header);
  for (const section of stream.sections) {
    const request = requestOf(section, tokens);
    if (request === undefined) continue;
    const made = section.executions.find(({ fate }) => fate === 'committed');
    const stale = made === undefined && !isReplayed(request) ? readStale(request, section) : undefined;
    answered.push({ section, request, made, stale });
  }
  return answered;
}

function isReplayed({ result }: HistoryEntry): boolean {
  return result?.replayed === true;
}

/** The answered request that the section belongs to. */
function requestOf(
  { service, stream, token, wait, settled, outcome }: JournalSection,
  tokens: ReadonlyMap<string, TokenFile>,
): HistoryEntry | undefined {
  if (token === undefined || wait === undefined || outcome !== 'committed') return undefined;
  return tokens
    .get(token)
    ?.requests.find(
      (request) =>
        request.service === service &&
        request.key === stream &&
        (isEffectAnswer(request) || isObservation(request)) &&
        request.call <= wait &&
        (request.return ?? -Infinity) >= settled,
    );
}

function waitOf({ wait = 0, attempts }: JournalSection): number {
  return (attempts[0]?.enter ?? wait) - wait;
}

export interface PairCount {
  readonly all: number;
  readonly acrossServices: number;
}

/**
 * Overlapping pairs of which one took effect, and the other one did too or would have done so had it read the earlier
 * state of the stream.
 */
export function countFights(contenders: readonly Contender[]): PairCount {
  const effects = contenders.filter(({ tookEffect }) => tookEffect);
  const others = contenders.filter(({ tookEffect }) => !tookEffect);
  // The result of these without the other request is unknown.
  const unclear = others.filter(({ revision }) => revision < 0);
  return plus(
    minus(countOverlaps([...effects, ...unclear]), countOverlaps(unclear)),
    countStale(
      others.filter(({ effective }) => effective !== 0),
      effects,
    ),
  );
}

/** Overlapping pairs of which at least one took effect. */
export function countBeside(contenders: readonly Contender[]): PairCount {
  return minus(countOverlaps(contenders), countOverlaps(contenders.filter(({ tookEffect }) => !tookEffect)));
}

export function plus(a: PairCount, b: PairCount): PairCount {
  return { all: a.all + b.all, acrossServices: a.acrossServices + b.acrossServices };
}

export function minus(a: PairCount, b: PairCount): PairCount {
  return { all: a.all - b.all, acrossServices: a.acrossServices - b.acrossServices };
}

function countStale(readers: readonly Contender[], effects: readonly Contender[]): PairCount {
  let all = 0;
  let acrossServices = 0;
  const byRevision = readers.length === 0 ? undefined : groupBy(effects, ({ revision }) => revision);
  for (const reader of readers) {
    for (let back = 0; reader.effective >>> back !== 0 && back < 32; back += 1) {
      if (((reader.effective >>> back) & 1) === 0) continue;
      for (const effect of byRevision?.get(reader.revision - back) ?? []) {
        if (!overlap(reader, effect)) continue;
        all += 1;
        if (reader.service !== effect.service) acrossServices += 1;
      }
    }
  }
  return { all, acrossServices };
}

function overlap(a: Span, b: Span): boolean {
  return Math.min(a.to, b.to) > Math.max(a.from, b.from);
}

interface Span {
  readonly service: number;
  readonly from: number;
  readonly to: number;
}

/** Pairs that share more than a point in time. It sweeps over time and counts open spans by service. */
function countOverlaps(spans: readonly Span[]): PairCount {
  const real = spans.filter(({ from, to }) => to > from);
  const starts = real.toSorted((a, b) => a.from - b.from);
  const ends = real.toSorted((a, b) => a.to - b.to);
  const open = new Map<number, number>();
  let inside = 0;
  let all = 0;
  let acrossServices = 0;
  let next = 0;
  for (const { service, from } of starts) {
    for (let ended = ends[next]; ended !== undefined && ended.to <= from; ended = ends[next]) {
      open.set(ended.service, (open.get(ended.service) ?? 0) - 1);
      inside -= 1;
      next += 1;
    }
    const own = open.get(service) ?? 0;
    all += inside;
    acrossServices += inside - own;
    open.set(service, own + 1);
    inside += 1;
  }
  return { all, acrossServices };
}
