/** Rule 4: a token is executed once, and its answer is replayed byte for byte. */
import type { HistoryEntry } from '../../../scenarios/evidence/model/history.ts';
import type { Finding } from '../../result.ts';
import { isEffectAnswer, isObservation, type OkAnswer } from '../facts/answers.ts';
import type { CaseFile } from '../facts/caseFile.ts';
import type { TokenFile } from '../facts/tokenFile.ts';
import { plural } from '../../counts.ts';
import { distinct, drawLanes, type Bar, type Findings } from '../findings.ts';
import { barsOfExecution, barsOfPair, barsOfRequest, nameOfExecution } from '../pictures.ts';
import { defineRule, type Rule } from './rule.ts';
import { countedExecutions, type Execution } from '../facts/sections.ts';

/** The most characters of a body in a summary. */
const SHOWN_BODY = 60;
/** How many of them precede the first difference. */
const SHOWN_BEFORE = 20;

export const replay: Rule = defineRule({
  name: 'replay',
  counts: ['tokens'],
  look(file, findings) {
    const recordsKept = file.header.surfaces.includes('idempotency') && file.gaps.any === undefined;
    for (const token of file.tokens.values()) {
      findings.at(token.rank);
      findExecutedTwice(findings, file, token);
      findDifferentAnswers(findings, token);
      findUnprotected(findings, token);
      if (file.gaps.any === undefined) findUnfoundedConflicts(findings, token);
      findNeverAnswered(findings, file, token);
      if (recordsKept) findRecordWithoutEffect(findings, file, token);
    }
    return { tokens: file.tokens.size };
  },
  conclude: ({ tokens: checked }, { gaps }) => ({
    checked,
    detail: `${plural(checked, 'token')}: executions, answers and stored records compared`,
    notApplicable: checked === 0 ? 'no request carried an Idempotency-Key' : undefined,
    inconclusive: gaps.any,
  }),
});

function findExecutedTwice(findings: Findings, file: CaseFile, { token, executions }: TokenFile): void {
  const counted = countedExecutions(executions, file);
  const [first, second] = counted;
  if (first === undefined || second === undefined) return;
  findings.add(() => ({
    summary: `${keyOf(token)} was executed ${counted.length === 2 ? 'twice' : `${counted.length} times`} on stream "${first.section.stream}": by ${nameOfExecution(first)} and by ${nameOfExecution(second)}.`,
    stream: first.section.stream,
    services: distinct(counted.map((execution) => execution.section.service)),
    lanes: drawLanes(barsOfPair(first, second)),
  }));
}

/**
 * All answers to one fingerprint that claim an effect have the same status and bytes. At most one fingerprint may claim
 * an effect.
 */
function findDifferentAnswers(findings: Findings, { token, requests }: TokenFile): void {
  let first: OkAnswer | undefined;
  for (const request of requests) {
    if (!isEffectAnswer(request)) continue;
    const original = (first ??= request);
    if (request.args.fingerprint !== original.args.fingerprint) {
      findings.add(() =>
        describeAnswers(original, request, `${keyOf(token)} was accepted for two different requests on`),
      );
    } else if (
      request.result.status !== original.result.status ||
      request.result.body !== original.result.body
    ) {
      findings.add(() =>
        describeAnswers(
          original,
          request,
          `${keyOf(token)} was answered differently when it was repeated (${difference(original, request)}) on`,
        ),
      );
    }
  }
}

/**
 * After an effect was answered, its record exists: the same request is replayed, and another request with this token is
 * a conflict. Any other answer shows that the token was not looked up.
 */
function findUnprotected(findings: Findings, { token, requests }: TokenFile): void {
  let settled: OkAnswer | undefined;
  for (const request of requests) {
    if (isEffectAnswer(request) && (settled === undefined || request.return < settled.return))
      settled = request;
  }
  const original = settled;
  if (original === undefined) return;
  for (const request of requests) {
    if (!isObservation(request) || request.call <= original.return) continue;
    const same = request.args.fingerprint === original.args.fingerprint;
    const problem = same ? 'was not replayed when it was repeated' : 'was ignored for a different request';
    findings.add(() => describeAnswers(original, request, `${keyOf(token)} ${problem} on`));
  }
}

/** CONFLICT says that the token belongs to another request. There must be one that may have taken effect by then. */
function findUnfoundedConflicts(findings: Findings, { token, requests }: TokenFile): void {
  const conflicts = requests.filter(
    ({ outcome, result }) => outcome === 'fail' && result?.code === 'CONFLICT',
  );
  for (const request of conflicts) {
    const isOwned = requests.some(
      (other) =>
        other.args.fingerprint !== request.args.fingerprint &&
        (isEffectAnswer(other) || other.outcome === 'unknown') &&
        other.call <= (request.return ?? Infinity),
    );
    if (isOwned) continue;
    findings.add(() => ({
      summary: `${keyOf(token)} on stream "${request.key}" was refused with CONFLICT by service ${request.service}, although no other request had taken effect under it.`,
      stream: request.key,
      services: [request.service],
      lanes: drawLanes(barsOfRequest(request, true)),
    }));
  }
}

/**
 * A request whose answer was lost by a fault can be repeated. It must be answered once the fault can no longer prevent
 * that. A token with any answer may belong to another request.
 */
function findNeverAnswered(
  findings: Findings,
  { strikes, header }: CaseFile,
  { token, requests }: TokenFile,
): void {
  const { recoveryMs } = header.capabilities;
  const over = Math.max(...strikes.map(({ at = Infinity, until = at }) => until));
  const lost = requests.find(({ outcome }) => outcome === 'unknown');
  if (
    recoveryMs === null ||
    !Number.isFinite(over) ||
    lost === undefined ||
    requests.some(({ outcome }) => outcome === 'ok')
  )
    return;
  const last = requests.reduce((latest, request) => (request.call > latest.call ? request : latest));
  const tookMs = (last.call - over) / 1e6;
  if (last === lost || !(tookMs > recoveryMs)) return;
  const { status = 'no answer', code = '', replayed = false } = last.result ?? {};
  const answer = `${status} ${code}`.trimEnd() + (replayed ? ', replayed' : '');
  findings.add(() => ({
    summary: `${keyOf(token)} on stream "${last.key}" could never be used again after one of its requests was lost: it was repeated ${requests.length - 1} times, and ${Math.round(tookMs)} ms after the last fault the answer was ${answer}.`,
    stream: last.key,
    services: distinct([lost.service, last.service]),
    lanes: drawLanes([...barsOfRequest(lost), ...barsOfRequest(last, true)]),
  }));
}

/** The replay record exists if and only if the effect does, and contains the answer. */
function findRecordWithoutEffect(
  findings: Findings,
  file: CaseFile,
  { token, requests, executions }: TokenFile,
): void {
  const record = file.storage.records.get(token);
  const execution = executions.find((one) => file.committed.has(one));
  const isStored = executions.some(({ operationId }) => file.storage.byOperation.has(operationId));
  const claim = requests.find(isEffectAnswer);
  const stream = (execution?.section.stream ?? requests[0]?.key) as string;
  const report = (problem: string): void =>
    findings.add(() => describeRecord({ token, problem, stream, execution, requests: requests.slice(0, 3) }));
  if (record === undefined) {
    // If storage has lost the whole effect, this is not half an effect.
    if (execution !== undefined && isStored) report('took effect, but storage has no replay record of it');
    return;
  }
  if (execution === undefined && !isStored)
    report(
      executions.length === 0
        ? 'has a replay record in storage, but never took effect'
        : 'has a replay record in storage, but no event of its effect is there',
    );
  if (claim === undefined) return;
  if (record.status !== claim.result.status || record.body !== claim.result.body)
    report(`has a replay record that differs from the answer: ${cut(record.body)}`);
  else if (claim.args.fingerprint !== undefined && record.fingerprint !== claim.args.fingerprint)
    report('has a replay record of a different request');
}

function describeAnswers(first: OkAnswer, second: HistoryEntry, beginning: string): Finding {
  return {
    summary:
      `${beginning} stream "${second.key}": service ${first.service} answered ${first.result.status} with revision ${first.result.revision ?? '?'}, service ${second.service} answered ${second.result?.status ?? '?'} ${second.result?.code ?? ''}`.trimEnd() +
      '.',
    stream: second.key,
    services: distinct([first.service, second.service]),
    lanes: drawLanes([...barsOfRequest(first), ...barsOfRequest(second, true)]),
  };
}

function describeRecord(about: {
  readonly token: string;
  readonly problem: string;
  readonly stream: string;
  readonly execution: Execution | undefined;
  readonly requests: readonly HistoryEntry[];
}): Finding {
  const { token, problem, stream, execution, requests } = about;
  const bars: Bar[] = requests.flatMap((request) => barsOfRequest(request));
  if (execution !== undefined) bars.push(...barsOfExecution(execution));
  return {
    summary: `${keyOf(token)} on stream "${stream}" ${problem}.`,
    stream,
    services: distinct(
      execution === undefined ? requests.map((request) => request.service) : [execution.section.service],
    ),
    lanes: drawLanes(bars),
  };
}

function keyOf(token: string): string {
  return `Idempotency token "${token}"`;
}

/** Where two answers differ: in their statuses, or in their bodies, from shortly before the first difference. */
function difference({ result: first }: OkAnswer, { result: second }: OkAnswer): string {
  if (first.status !== second.status) return `${first.status}, then ${second.status}`;
  const [one, other] = [first.body ?? '', second.body ?? ''];
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  const from = Math.max(0, at - SHOWN_BEFORE);
  return `from character ${at}: ${JSON.stringify(cut(one.slice(from)))}, then ${JSON.stringify(cut(other.slice(from)))}`;
}

function cut(body: string): string {
  return body.length <= SHOWN_BODY ? body : `${body.slice(0, SHOWN_BODY - 1)}…`;
}
