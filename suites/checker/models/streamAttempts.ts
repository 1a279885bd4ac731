/** One stream's requests as operations: what each answer says, and the attempts of one token joined. */
import { STREAM_FUNCTIONS } from '../../../scenarios/evidence/model/history.ts';
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

/**
 * A request until all of its stream are known. It becomes the operation itself, for a large history has a million of
 * them: then `id` is its place.
 */
export interface StreamAttempt extends Omit<Operation<StreamRequest>, 'id'> {
  id: number;
  readonly token: string | undefined;
  readonly fingerprint: string | undefined;
  readonly operationId: string | undefined;
}

/** Undefined for a line that says nothing: a failure, a read without an answer, what is no request for a stream. */
export function attemptOf(line: StreamLine): StreamAttempt | undefined {
  const { f, args, result } = line;
  if (!(STREAM_FUNCTIONS as readonly string[]).includes(f)) return undefined;
  // Not to find a stream is an observation, whatever the client made of it.
  const isAbsent = result?.code === 'NOT_FOUND' || (line.outcome === 'ok' && result?.status === 404);
  if (isAbsent && line.return !== null) return attempt(line, { kind: 'absent', shown: {} });
  if (line.outcome === 'fail') return undefined;
  const input = f === 'get' ? undefined : inputOf(f, args.amount);
  if (line.outcome === 'unknown')
    return input === undefined ? undefined : attempt(line, { kind: 'effect', input, shown: {} });
  const shown = shownBy(result ?? { status: 200 });
  if (input === undefined) return attempt(line, { kind: 'read', shown });
  if (result?.effect === true) return attempt(line, { kind: 'effect', input, shown });
  return attempt(line, { kind: (result?.status ?? 0) < 300 ? 'unchanged' : 'refused', input, shown });
}

/** Written out field by field: a large history has a million of them. */
function attempt(line: StreamLine, input: StreamRequest): StreamAttempt {
  const { client, call, args, result } = line;
  const optional = line.outcome === 'unknown' && input.kind === 'effect';
  const isEffect = input.kind === 'effect';
  return {
    id: 0,
    client,
    call,
    return: optional ? Infinity : (line.return ?? Infinity),
    optional,
    input,
    token: isEffect ? args.token : undefined,
    fingerprint: isEffect ? args.fingerprint : undefined,
    operationId: isEffect && !optional ? result?.operationId : undefined,
  };
}

/**
 * One stream's attempts as operations. Attempts of one token that claim an effect, or of which nothing is known, are
 * one operation: from their first call to the first answer. Refusals and unchanged successes are operations of their
 * own, whatever their token.
 */
export function operationsOf(attempts: readonly StreamAttempt[]): StreamAttempt[] {
  const operations: StreamAttempt[] = [];
  const byToken = new Map<string, StreamAttempt[]>();
  for (const attempt of attempts) {
    const { token } = attempt;
    if (token === undefined) operations.push(attempt);
    else {
      const others = byToken.get(token);
      if (others === undefined) byToken.set(token, [attempt]);
      else others.push(attempt);
    }
  }
  for (const group of byToken.values()) operations.push(...joinAttempts(group));
  operations.forEach((operation, id) => {
    operation.id = id;
  });
  return operations;
}

/**
 * Two operation ids, or two answers that contradict each other, are two effects, which is what a broken replay looks
 * like. An attempt without an answer may have been behind any effect of its fingerprint, so it only moves their first
 * calls.
 */
function joinAttempts(group: readonly StreamAttempt[]): StreamAttempt[] {
  const effects: StreamAttempt[] = [];
  for (const attempt of group) {
    if (attempt.optional) continue;
    const at = effects.findIndex((effect) => isOneEffect(effect, attempt));
    if (at === -1) effects.push(attempt);
    else effects[at] = earliest(effects[at] as StreamAttempt, attempt);
  }
  const open = group.filter((attempt) => attempt.optional);
  const joined = effects.map((effect) =>
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

/** Whether both may have been answered with the same effect. */
function isOneEffect(a: StreamAttempt, b: StreamAttempt): boolean {
  return (
    a.operationId === b.operationId &&
    isSame(a, b) &&
    agree(a.input.input ?? {}, b.input.input ?? {}) &&
    agree(a.input.shown, b.input.shown)
  );
}

/** Whether no field has two values. */
function agree<Fields extends object>(a: Fields, b: Fields): boolean {
  return (Object.keys(a) as (keyof Fields)[]).every(
    (field) => a[field] === undefined || b[field] === undefined || a[field] === b[field],
  );
}

/** Of two claims of one effect: the first answer, from the first call, with what either shows. */
function earliest(a: StreamAttempt, b: StreamAttempt): StreamAttempt {
  const [first, second] = a.return <= b.return ? [a, b] : [b, a];
  const shown = { ...given(second.input.shown), ...given(first.input.shown) };
  return calledEarlier({ ...first, input: { ...first.input, shown } }, second);
}

function given(shown: ShownState): ShownState {
  return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined));
}

function calledEarlier(attempt: StreamAttempt, other: StreamAttempt): StreamAttempt {
  return other.call < attempt.call ? { ...attempt, call: other.call } : attempt;
}

function isSame(a: StreamAttempt, b: StreamAttempt): boolean {
  return a.fingerprint === b.fingerprint;
}
