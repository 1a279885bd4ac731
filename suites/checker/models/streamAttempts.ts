/** One stream's requests as operations: what each answer says, and the attempts of one token joined. */
import type { StreamLine } from '../../../scenarios/history/lines.ts';
import type { StreamInput } from '../../models/stream.ts';
import type { ShownState } from '../versionOrder.ts';
import type { Operation } from '../operation.ts';
import { inputOf, shownBy } from './streamFields.ts';

/** `effect` made a state and shows it; the others were answered from the state that they saw. `absent` saw no stream. */
export interface StreamRequest {
  readonly kind: 'effect' | 'read' | 'refused' | 'unchanged' | 'absent';
  /** What was asked for; absent for reads. */
  readonly input?: StreamInput;
  readonly shown: ShownState;
}

/** A request as it is kept until all of its stream are known. */
export interface StreamAttempt {
  readonly client: number;
  readonly call: number;
  readonly return: number;
  readonly optional: boolean;
  readonly input: StreamRequest;
  readonly token: string | undefined;
  readonly fingerprint: string | undefined;
  readonly operationId: string | undefined;
}

/** Undefined for a line that says nothing: a failure, a read without an answer, a scan. */
export function attemptOf(line: StreamLine): StreamAttempt | undefined {
  const { client, call, f, args, result } = line;
  if (f === 'scan') return undefined;
  const answered = { client, call, return: line.return ?? Infinity, optional: false };
  // Not to find a stream is an observation, whatever the client made of it.
  if (result?.code === 'NOT_FOUND' && line.return !== null)
    return { ...answered, input: { kind: 'absent', shown: {} }, ...NO_TOKEN };
  if (line.outcome === 'fail') return undefined;
  const asked = f === 'get' ? undefined : inputOf(f, args.amount);
  const token = { token: args.token, fingerprint: args.fingerprint, operationId: result?.operationId };
  if (line.outcome === 'unknown') {
    if (asked === undefined) return undefined;
    const input: StreamRequest = { kind: 'effect', input: asked, shown: {} };
    return { client, call, return: Infinity, optional: true, input, ...token, operationId: undefined };
  }
  const shown = shownBy(result ?? { status: 200 });
  if (asked === undefined) return { ...answered, input: { kind: 'read', shown }, ...NO_TOKEN };
  if (result?.effect === true)
    return { ...answered, input: { kind: 'effect', input: asked, shown }, ...token };
  const kind = (result?.status ?? 0) < 300 ? 'unchanged' : 'refused';
  return { ...answered, input: { kind, input: asked, shown }, ...NO_TOKEN };
}

const NO_TOKEN = { token: undefined, fingerprint: undefined, operationId: undefined } as const;

/**
 * Attempts of one token that claim an effect, or of which nothing is known, are one operation: from their first call
 * to the first answer. Refusals and unchanged successes are operations of their own, whatever their token.
 */
export function operationsOf(attempts: readonly StreamAttempt[]): Operation<StreamRequest>[] {
  const operations: Operation<StreamRequest>[] = [];
  const push = ({ client, call, return: end, optional, input }: StreamAttempt): void => {
    operations.push({ id: operations.length, client, call, return: end, optional, input });
  };
  const byToken = new Map<string, StreamAttempt[]>();
  for (const attempt of attempts) {
    if (attempt.token === undefined) push(attempt);
    else {
      const group = byToken.get(attempt.token);
      if (group === undefined) byToken.set(attempt.token, [attempt]);
      else group.push(attempt);
    }
  }
  for (const group of byToken.values()) {
    if (group.length === 1) push(group[0] as StreamAttempt);
    else for (const joined of joinAttempts(group)) push(joined);
  }
  return operations;
}

/**
 * Two operation ids are two effects, which is what a broken replay looks like. An attempt without an answer may have
 * been behind any effect of its fingerprint, so it only moves their first calls.
 */
function joinAttempts(group: readonly StreamAttempt[]): StreamAttempt[] {
  const effects = new Map<string | undefined, StreamAttempt>();
  for (const attempt of group) {
    if (attempt.optional) continue;
    const other = effects.get(attempt.operationId);
    effects.set(attempt.operationId, other === undefined ? attempt : earliest(other, attempt));
  }
  const open = group.filter((attempt) => attempt.optional);
  const joined = [...effects.values()].map((effect) =>
    open.filter((attempt) => isSame(attempt, effect)).reduce(calledEarlier, effect),
  );
  // Of one fingerprint that shows no effect, at most one attempt may have had one.
  const lost = new Map<string | undefined, StreamAttempt>();
  for (const attempt of open) {
    if (joined.some((effect) => isSame(attempt, effect))) continue;
    lost.set(attempt.fingerprint, calledEarlier(lost.get(attempt.fingerprint) ?? attempt, attempt));
  }
  return [...joined, ...lost.values()];
}

/** Of two claims of one effect: the first answer, from the first call. */
function earliest(a: StreamAttempt, b: StreamAttempt): StreamAttempt {
  return calledEarlier(a.return <= b.return ? a : b, a.return <= b.return ? b : a);
}

function calledEarlier(attempt: StreamAttempt, other: StreamAttempt): StreamAttempt {
  return other.call < attempt.call ? { ...attempt, call: other.call } : attempt;
}

function isSame(a: StreamAttempt, b: StreamAttempt): boolean {
  return a.fingerprint === b.fingerprint;
}
