/**
 * Which sections fought with which: pairs that were at work at once, or would have been had nobody waited for a lock.
 * Only sections of requests that a client was answered count: of the others nobody knows what they would have done.
 */
import type { HistoryEntry } from '../../scenarios/evidence.ts';
import { isClaim, isObservation } from './answers.ts';
import type { CaseFile, StreamFile, TokenFile } from './caseFile.ts';
import type { Section } from './sections.ts';

/** A section whose request was answered. */
export interface Contender {
  readonly service: number;
  /** Equal for equal tokens of one stream. */
  readonly token: number;
  /** From when it would have been at work without a lock, to when withLock had settled. */
  readonly from: number;
  readonly to: number;
  readonly tookEffect: boolean;
  /** Whether it was answered with what had been stored before: it could not have had another effect. */
  readonly isReplay: boolean;
}

/** The sections of a part whose requests were answered, stream after stream, as columns: a large load has a million. */
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
  /** The shortest time that any of them took to get in; Infinity: there is none. */
  readonly leastNs: number;
}

export function contestIn({ streams, tokens }: Pick<CaseFile, 'streams' | 'tokens'>): Contest {
  const answered = [...streams.values()].map((stream) => answeredSections(stream, tokens));
  const all = answered.flat();
  let end = 0;
  return {
    ends: Int32Array.from(answered, (sections) => (end += sections.length)),
    service: Int32Array.from(all, ({ section }) => section.service),
    token: numbersOf(all),
    wait: Float64Array.from(all, ({ section }) => section.wait ?? 0),
    settled: Float64Array.from(all, ({ section }) => section.settled),
    tookEffect: Uint8Array.from(all, ({ section }) =>
      section.executions.some(({ fate }) => fate === 'committed') ? 1 : 0,
    ),
    isReplay: Uint8Array.from(all, ({ request }) => (request.result?.replayed === true ? 1 : 0)),
    leastNs: all.reduce((least, { section }) => Math.min(least, waitOf(section)), Infinity),
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
  // Whoever finds the lock free takes so long to get in; later he would only have read what was committed by then.
  const overheadNs = contests.reduce((least, { leastNs }) => Math.min(least, leastNs), Infinity);
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
  };
}

interface AnsweredSection {
  readonly section: Section;
  readonly request: HistoryEntry;
}

function answeredSections(
  { sections }: StreamFile,
  tokens: ReadonlyMap<string, TokenFile>,
): AnsweredSection[] {
  const answered: AnsweredSection[] = [];
  for (const section of sections) {
    const request = requestOf(section, tokens);
    if (request !== undefined) answered.push({ section, request });
  }
  return answered;
}

/** The answered request that the section was taken for. */
function requestOf(
  { service, stream, token, wait, settled, outcome }: Section,
  tokens: ReadonlyMap<string, TokenFile>,
): HistoryEntry | undefined {
  if (token === undefined || wait === undefined || outcome !== 'committed') return undefined;
  return tokens
    .get(token)
    ?.requests.find(
      (request) =>
        request.service === service &&
        request.key === stream &&
        (isClaim(request) || isObservation(request)) &&
        request.call <= wait &&
        (request.return ?? -Infinity) >= settled,
    );
}

function waitOf({ wait = 0, attempts }: Section): number {
  return (attempts[0]?.enter ?? wait) - wait;
}

export interface PairCount {
  readonly all: number;
  readonly acrossServices: number;
}

/** Pairs that were at work at once, of which at least one took effect, so that the other one must not miss it. */
export function countFights(contenders: readonly Contender[]): PairCount {
  const all = countOverlaps(contenders);
  const harmless = countOverlaps(contenders.filter(({ tookEffect }) => !tookEffect));
  return {
    all: all.all - harmless.all,
    acrossServices: all.acrossServices - harmless.acrossServices,
  };
}

interface Span {
  readonly service: number;
  readonly from: number;
  readonly to: number;
}

/** Pairs with more than a point in common. Sweeps, with the open ones counted by service. */
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
