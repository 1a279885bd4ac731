/**
 * Of a load without faults: whether requests were answered. Nothing is lost then between a service and its storage, so
 * that an adapter has no reason to say that it does not know, or that the storage is away.
 */
import type { HistoryEntry } from '../../scenarios/evidence.ts';
import type { Finding, RuleResult } from '../result.ts';
import type { CaseFile } from './caseFile.ts';
import type { Effect } from './effectTable.ts';
import { collectFindings, distinct, drawLanes, plural, ruleResult, shortId } from './findings.ts';
import { groupBy } from './groupBy.ts';
import { barsOfRequest } from './pictures.ts';

/** With a larger share of requests without a definite answer, those that were answered prove too little. */
const MAX_UNANSWERED = 0.5;
/** A larger share of OUTCOME_UNKNOWN is no accident: no commit's answer was lost. */
const MAX_OUTCOME_UNKNOWN = 0.5;
/** A share of fewer requests says nothing. */
const LEAST_REQUESTS = 20;
/** An effect that was asked for so often, and each time answered with OUTCOME_UNKNOWN, is never going to be answered. */
const LEAST_ATTEMPTS = 5;

const OUTCOME_UNKNOWN = 'OUTCOME_UNKNOWN';

/** What came of the requests of a load that no fault struck. */
export function judgeAnswers(file: CaseFile): RuleResult {
  const findings = collectFindings();
  const first = firstAttempts(file);
  const unanswered = first.filter((request) => !isDefinite(request));
  const unknown = unanswered.filter((request) => codeOf(request) === OUTCOME_UNKNOWN);
  if (isShare(unknown.length, first.length, MAX_OUTCOME_UNKNOWN))
    findings.add(() => describe(unknown, first.length));
  for (const effect of file.effects) if (isNeverAnswered(effect)) findings.add(() => describeEffect(effect));
  return ruleResult({
    rule: 'liveness',
    findings,
    checked: first.length,
    detail: `no fault was injected; ${detailOf(first, unanswered)}`,
    inconclusive: isShare(unanswered.length, first.length, MAX_UNANSWERED)
      ? `no fault was injected, and yet ${detailOf(first, unanswered)}`
      : undefined,
    notApplicable: first.length === 0 ? 'no fault was injected, and nobody asked for a stream' : undefined,
  });
}

/** Repeats are left out: drivers repeat what is unknown, and nothing else. */
function firstAttempts({ requests }: CaseFile): HistoryEntry[] {
  const groups = groupBy(requests, ({ key, args: { token } }) =>
    token === undefined ? Symbol('alone') : `${token} ${key}`,
  );
  return [...groups.values()].map((attempts) =>
    attempts.reduce((first, one) => (one.call < first.call ? one : first)),
  );
}

/** An effect, a read, a refusal that the protocol has a reason for; not that the storage or a lock cannot be had. */
function isDefinite({ outcome, result }: HistoryEntry): boolean {
  return outcome === 'ok' || (outcome === 'fail' && (result?.status ?? 0) < 500);
}

function isShare(part: number, whole: number, most: number): boolean {
  return whole >= LEAST_REQUESTS && part > most * whole;
}

function detailOf(first: readonly HistoryEntry[], unanswered: readonly HistoryEntry[]): string {
  const codes = [...groupBy(unanswered, codeOf)].map(([code, { length }]) => `${length} ${code}`);
  const which = codes.length === 0 ? '' : ` (${codes.join(', ')})`;
  return `${unanswered.length} of ${plural(first.length, 'request')} got no definite answer at first${which}`;
}

function codeOf({ result, return: end }: HistoryEntry): string {
  if (end === null) return 'without any answer';
  return result?.code ?? `status ${result?.status ?? '?'}`;
}

function describe(unknown: readonly HistoryEntry[], all: number): Finding {
  return {
    summary: `${unknown.length} of ${plural(all, 'request')} were answered with ${OUTCOME_UNKNOWN}, although no fault was injected and no answer to a commit was lost. Whoever asks can never tell what happened.`,
    services: distinct(unknown.map(({ service }) => service)),
    lanes: drawLanes(unknown.slice(0, 2).flatMap((request) => barsOfRequest(request, true))),
  };
}

/** It is in storage, and each of its many attempts was told that nobody knows. */
function isNeverAnswered({ claims, events, unanswered }: Effect): boolean {
  return (
    claims.length === 0 &&
    events.length > 0 &&
    unanswered.filter((request) => codeOf(request) === OUTCOME_UNKNOWN).length >= LEAST_ATTEMPTS
  );
}

function describeEffect({ stream, operationId, unanswered }: Effect): Finding {
  return {
    summary: `Storage holds operation ${shortId(operationId)} of stream "${stream}", no fault was injected, and each of its ${plural(unanswered.length, 'attempt')} was left without a definite answer.`,
    stream,
    services: distinct(unanswered.map(({ service }) => service)),
    lanes: drawLanes(unanswered.slice(0, 3).flatMap((request) => barsOfRequest(request, true))),
  };
}
