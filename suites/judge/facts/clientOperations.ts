/** A stream's requests as operations of the checker: attempts of one token joined, unknowns settled by the audit. */
import type { EvidenceHeader } from '../../../scenarios/evidence.ts';
import type { HistoryEntry } from '../../../scenarios/evidence/model/history.ts';
import { inputOf, shownBy } from '../../checker/models/streamFields.ts';
import type { StreamOperation } from '../../checker/versionOrder.ts';
import { isEffectAnswer, isObservation } from './answers.ts';
import type { CaseFile, StreamFile } from './caseFile.ts';
import type { Effect } from './effectTable.ts';
import { inputOfEffect } from './streamState.ts';

/** The requests that an operation was made from, for summaries and pictures. */
export interface Source {
  readonly request: HistoryEntry | undefined;
  readonly effect: Effect | undefined;
}

export interface ClientView {
  readonly operations: readonly StreamOperation[];
  /** By the operations' ids. */
  readonly sources: readonly Source[];
}

/** undefined: the amount of an effect is unknown, so the model cannot be replayed. */
export function clientViewOf(file: CaseFile, stream: StreamFile): ClientView | undefined {
  const operations: StreamOperation[] = [];
  const sources: Source[] = [];
  for (const effect of stream.effects) {
    const input = inputOfEffect(effect, file.header);
    if (input === undefined) return undefined;
    const claim = firstAnswer(effect);
    operations.push({
      id: sources.length,
      kind: 'effect',
      input,
      revision: effect.revision,
      call: firstCall(file, effect),
      return: claim?.return ?? Infinity,
      ...(claim === undefined ? {} : { shown: shownBy(claim.result) }),
    });
    sources.push({ request: claim ?? effect.unanswered[0], effect });
  }
  for (const request of stream.requests) {
    const operation = observationOf(request, sources.length, file.header);
    if (operation === undefined) continue;
    operations.push(operation);
    sources.push({ request, effect: undefined });
  }
  return { operations, sources };
}

function firstAnswer({ claims }: Effect): (typeof claims)[number] | undefined {
  return claims.reduce<(typeof claims)[number] | undefined>(
    (first, claim) => (first === undefined || claim.return < first.return ? claim : first),
    undefined,
  );
}

/** The earliest moment at which the effect may have been requested. Refusals of its token are other operations. */
function firstCall(file: CaseFile, effect: Effect): number {
  let first = Infinity;
  for (const request of effect.claims) first = Math.min(first, request.call);
  for (const request of effect.unanswered) first = Math.min(first, request.call);
  const fingerprint = effect.claims[0]?.args.fingerprint;
  for (const request of effect.token === undefined ? [] : (file.tokens.get(effect.token)?.requests ?? [])) {
    const other =
      isEffectAnswer(request) || request.outcome !== 'unknown' || request.args.fingerprint !== fingerprint;
    if (!other && request.key === effect.stream) first = Math.min(first, request.call);
  }
  // An effect without a request may have happened at any time.
  return first === Infinity ? 0 : first;
}

function observationOf(
  request: HistoryEntry,
  id: number,
  header: EvidenceHeader,
): StreamOperation | undefined {
  const { result, call, f, args } = request;
  const end = request.return;
  if (result === undefined || end === null) return undefined;
  const timed = { id, call, return: end };
  // Seeded streams are never deleted, so an answer that a stream does not exist is a wrong observation.
  if (result.code === 'NOT_FOUND' || (isObservation(request) && result.status === 404))
    return { ...timed, kind: 'absent', shown: {} };
  if (!isObservation(request)) return undefined;
  const shown = shownBy(result);
  if (f === 'get') return { ...timed, kind: 'read', shown };
  const input = inputOf(f, header.workload === 'balance' ? args.amount : undefined);
  if (input === undefined) return undefined;
  return { ...timed, kind: result.status < 300 ? 'unchanged' : 'refused', input, shown };
}
