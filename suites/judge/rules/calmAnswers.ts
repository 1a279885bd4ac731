/**
 * Whether requests were answered in a load without faults. Nothing is lost between a service and its storage then, so
 * an adapter has no reason to report an unknown outcome or an unavailable storage.
 */
import type { HistoryEntry } from '../../../scenarios/evidence/model/history.ts';
import type { Finding, RuleResult } from '../../result.ts';
import type { CaseFile } from '../facts/caseFile.ts';
import type { Effect } from '../facts/effectTable.ts';
import { formatCount, plural } from '../../counts.ts';
import { collectFindings, distinct, drawLanes, shortId, type Findings } from '../findings.ts';
import { groupBy } from '../groupBy.ts';
import { barsOfRequest } from '../pictures.ts';
import { countKinds, isDefinite, MIN_REQUESTS, unansweredKind, type KindCount } from './answeredKinds.ts';
import { ruleResult, type RulePart } from './rule.ts';

/** If a larger share of requests got no definite answer, the answers prove too little. */
const MAX_UNANSWERED = 0.5;
/** A larger share of OUTCOME_UNKNOWN is no accident, because no commit's answer was lost. */
const MAX_OUTCOME_UNKNOWN = 0.5;
/** If an effect was requested this often and always answered with OUTCOME_UNKNOWN, it will never be answered. */
const MIN_ATTEMPTS = 5;

const OUTCOME_UNKNOWN = 'OUTCOME_UNKNOWN';

/** The outcomes of first attempts, as far as a finding needs them. */
export interface AnswersPart {
  readonly first: number;
  readonly unanswered: number;
  readonly codes: readonly CodeCount[];
  readonly kinds: readonly KindCount[];
  /** The first requests that were answered with OUTCOME_UNKNOWN, and the services of all of them. */
  readonly examples: readonly Attempt[];
  readonly services: readonly number[];
}

interface CodeCount {
  readonly code: string;
  readonly count: number;
  /** The rank of the first request with it. */
  readonly rank: number;
}

interface Attempt {
  readonly rank: number;
  readonly request: HistoryEntry;
}

/** The most requests that a finding draws. */
const DRAWN = 2;
/** The findings about all requests come before those about single effects. */
const OF_EFFECTS = 1;

/** Counts the outcomes of requests in a load without faults. */
export function lookAtAnswers(file: CaseFile, findings: Findings): AnswersPart {
  const first = firstAttempts(file);
  const unanswered = first.filter(({ request }) => !isDefinite(request));
  const unknown = unanswered.filter(({ request }) => codeOf(request) === OUTCOME_UNKNOWN);
  for (const effect of file.effects) {
    findings.at(effect.rank, OF_EFFECTS);
    if (isNeverAnswered(effect)) findings.add(() => describeEffect(effect));
  }
  const codes = groupBy(unanswered, ({ request }) => codeOf(request));
  return {
    first: first.length,
    unanswered: unanswered.length,
    codes: [...codes].map(([code, all]) => ({ code, count: all.length, rank: all[0]?.rank ?? 0 })),
    kinds: countKinds([...first.map(({ request }) => request), ...file.scans, ...file.exportRequests]),
    examples: unknown.slice(0, DRAWN),
    services: distinct(unknown.map(({ request }) => request.service)),
  };
}

/** `findings`: those of all parts. */
export function concludeAnswers(
  found: readonly Pick<RulePart, 'kept' | 'count'>[],
  parts: readonly AnswersPart[],
): RuleResult {
  const answers = joinAnswers(parts);
  const { first, codes } = answers;
  const findings = collectFindings();
  const unknown = codes.find(({ code }) => code === OUTCOME_UNKNOWN)?.count ?? 0;
  if (isShare(unknown, first, MAX_OUTCOME_UNKNOWN)) findings.add(() => describe(unknown, answers));
  return ruleResult('liveness', [findings, ...found], {
    checked: first,
    detail: `no fault was injected; ${detailOf(answers)}`,
    inconclusive: whyOpen(answers),
    notApplicable: first === 0 ? 'no fault was injected, and no client requested a stream' : undefined,
  });
}

function whyOpen(answers: AnswersPart): string | undefined {
  const problem = isShare(answers.unanswered, answers.first, MAX_UNANSWERED)
    ? detailOf(answers)
    : unansweredKind(answers.kinds);
  return problem === undefined ? undefined : `no fault was injected, but ${problem}`;
}

function joinAnswers(parts: readonly AnswersPart[]): AnswersPart {
  const codes = groupBy(
    parts.flatMap((part) => part.codes),
    ({ code }) => code,
  );
  return {
    first: parts.reduce((sum, part) => sum + part.first, 0),
    unanswered: parts.reduce((sum, part) => sum + part.unanswered, 0),
    codes: [...codes]
      .map(([code, all]) => ({
        code,
        count: all.reduce((sum, one) => sum + one.count, 0),
        rank: Math.min(...all.map(({ rank }) => rank)),
      }))
      .sort((a, b) => a.rank - b.rank),
    kinds: parts.flatMap(({ kinds }) => kinds),
    examples: parts
      .flatMap(({ examples }) => examples)
      .sort((a, b) => a.rank - b.rank)
      .slice(0, DRAWN),
    services: distinct(parts.flatMap(({ services }) => services)),
  };
}

/**
 * First attempts only: drivers repeat requests of unknown outcome and nothing else. In the order in which they first
 * occur.
 */
function firstAttempts({ requests, requestPlaces }: CaseFile): Attempt[] {
  const attempts: { readonly rank: number; request: HistoryEntry }[] = [];
  // Hardly any token is used on two streams.
  const byToken = new Map<string, (typeof attempts)[number][]>();
  requests.forEach((request, index) => {
    const { token } = request.args;
    const others = token === undefined ? undefined : byToken.get(token);
    const known = others?.find((one) => one.request.key === request.key);
    if (known !== undefined) {
      if (request.call < known.request.call) known.request = request;
      return;
    }
    const attempt = { rank: requestPlaces[index] as number, request };
    attempts.push(attempt);
    if (others !== undefined) others.push(attempt);
    else if (token !== undefined) byToken.set(token, [attempt]);
  });
  return attempts;
}

function isShare(part: number, whole: number, most: number): boolean {
  return whole >= MIN_REQUESTS && part > most * whole;
}

function detailOf({ first, unanswered, codes }: AnswersPart): string {
  const shown = codes.map(({ code, count }) => `${count} ${code}`);
  const which = shown.length === 0 ? '' : ` (${shown.join(', ')})`;
  return `${formatCount(unanswered)} of ${plural(first, 'request')} got no definite answer at first${which}`;
}

function codeOf({ result, return: end }: HistoryEntry): string {
  if (end === null) return 'without any answer';
  return result?.code ?? `status ${result?.status ?? '?'}`;
}

function describe(unknown: number, { first, examples, services }: AnswersPart): Finding {
  return {
    summary: `${formatCount(unknown)} of ${plural(first, 'request')} were answered with ${OUTCOME_UNKNOWN}, although no fault was injected and no answer to a commit was lost. Callers can never tell what happened.`,
    services,
    lanes: drawLanes(examples.flatMap(({ request }) => barsOfRequest(request, true))),
  };
}

/** The effect is in storage, and each of its many attempts was answered with OUTCOME_UNKNOWN. */
function isNeverAnswered({ claims, events, unanswered }: Effect): boolean {
  return (
    claims.length === 0 &&
    events.length > 0 &&
    unanswered.filter((request) => codeOf(request) === OUTCOME_UNKNOWN).length >= MIN_ATTEMPTS
  );
}

function describeEffect({ stream, operationId, unanswered }: Effect): Finding {
  return {
    summary: `Storage has operation ${shortId(operationId)} of stream "${stream}", but none of its ${plural(unanswered.length, 'attempt')} got a definite answer, although no fault was injected.`,
    stream,
    services: distinct(unanswered.map(({ service }) => service)),
    lanes: drawLanes(unanswered.slice(0, 3).flatMap((request) => barsOfRequest(request, true))),
  };
}
