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
  readonly token: string | undefined;
  /** From when it would have been at work without a lock, to when withLock had settled. */
  readonly from: number;
  readonly to: number;
  readonly tookEffect: boolean;
  /** Whether it was answered with what had been stored before: it could not have had another effect. */
  readonly isReplay: boolean;
}

/** The contenders of every stream. */
export function contendersIn({ streams, tokens }: Pick<CaseFile, 'streams' | 'tokens'>): Contender[][] {
  const answered = [...streams.values()].map((stream) => answeredSections(stream, tokens));
  // Whoever finds the lock free takes so long to get in; later he would only have read what was committed by then.
  const overheadNs = answered
    .flat()
    .reduce((least, { section }) => Math.min(least, waitOf(section)), Infinity);
  return answered.map((sections) => sections.map((one) => contenderOf(one, overheadNs)));
}

interface AnsweredSection {
  readonly section: Section;
  readonly request: HistoryEntry;
}

function answeredSections(
  { sections }: StreamFile,
  tokens: ReadonlyMap<string, TokenFile>,
): AnsweredSection[] {
  return sections.flatMap((section) => {
    const request = requestOf(section, tokens);
    return request === undefined ? [] : [{ section, request }];
  });
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

function contenderOf({ section, request }: AnsweredSection, overheadNs: number): Contender {
  const { service, token, wait = 0, settled, executions } = section;
  return {
    service,
    token,
    from: wait + overheadNs,
    to: settled,
    tookEffect: executions.some(({ fate }) => fate === 'committed'),
    isReplay: request.result?.replayed === true,
  };
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
