/**
 * Whether a history is linearizable: key by key, by version order where a model has one, by search for what is left,
 * then an explanation of what is illegal. Pure; the clock is the caller's.
 */
import { explain } from './explain.ts';
import type { Decision } from './operation.ts';
import { prefixOf } from './prefix.ts';
import type {
  CheckResult,
  CheckVerdict,
  History,
  KeyHistory,
  KeyResult,
  UnknownReason,
  VersionProblem,
} from './result.ts';
import { searchInTurns, type SearchAnswer } from './search/inTurns.ts';
import { Meter } from './search/meter.ts';

export interface CheckOptions {
  /** Milliseconds after which what has no verdict is `unknown`. */
  readonly timeoutMs: number;
  /** Longest time in milliseconds for explaining what is illegal. */
  readonly explainMs: number;
  /** What searches may hold in memory; the history itself is not counted. */
  readonly memoryBytes: number;
  /** Milliseconds from any moment on. */
  readonly clock: () => number;
}

/** Checks in one go. */
export function checkHistory<Input, State>(
  history: History<Input, State>,
  options: CheckOptions,
): CheckResult<Input, State> {
  const checking = checkInSlices(history, options);
  for (;;) {
    const next = checking.next(false);
    if (next.done === true) return next.value;
  }
}

/**
 * Checks in slices of some milliseconds. Passing true to `next` stops it: it then returns what it knows, and calls
 * the rest `unknown`.
 */
export function* checkInSlices<Input, State>(
  history: History<Input, State>,
  options: CheckOptions,
): Generator<void, CheckResult<Input, State>, boolean> {
  const { model, keys } = history;
  const { clock } = options;
  const meter = new Meter(options.memoryBytes);
  const startedAt = clock();
  const deadline = startedAt + options.timeoutMs;
  let isStopped = false;
  const stopReason = (): UnknownReason | undefined =>
    isStopped ? 'interrupted' : clock() >= deadline ? 'time' : undefined;

  const results = new Map<KeyHistory<Input, State>, KeyResult<Input, State>>();
  const undecided: KeyHistory<Input, State>[] = [];
  for (const key of keys) {
    const decision = stopReason() === undefined ? model.decide?.(key.initial, key.operations) : undefined;
    if (decision === undefined) undecided.push(key);
    else results.set(key, decided(key, decision));
    isStopped ||= yield;
  }
  const searching = searchInTurns(model, undecided, meter, stopReason);
  let slice = searching.next();
  while (slice.done !== true) {
    isStopped ||= yield;
    slice = searching.next();
  }
  slice.value.forEach((answer, index) => {
    const key = undecided[index] as KeyHistory<Input, State>;
    results.set(key, searched(history, key, answer));
  });

  const illegal = keys.filter((key) => results.get(key)?.verdict === 'illegal');
  const decidedMs = clock() - startedAt;
  const explainUntil = clock() + options.explainMs;
  for (const [index, key] of illegal.entries()) {
    // Each gets its share of what is left, so that the first does not take it all.
    const until = clock() + (explainUntil - clock()) / (illegal.length - index);
    const limits = { meter, clock, until, isStopped: () => isStopped };
    const explaining = explain(model, results.get(key) as KeyResult<Input, State>, limits);
    let part = explaining.next();
    while (part.done !== true) {
      isStopped ||= yield;
      part = explaining.next();
    }
    results.set(key, part.value);
  }
  return summarize(
    history,
    keys.map((key) => results.get(key) as KeyResult<Input, State>),
    decidedMs,
  );
}

function decided<Input, State>(key: KeyHistory<Input, State>, decision: Decision): KeyResult<Input, State> {
  const known = { ...key, by: 'version order', steps: 0 } as const;
  if (decision.verdict === 'ok') return { ...known, verdict: 'ok', order: decision.order };
  const { operation, other, problem } = decision;
  const versions: VersionProblem = {
    operation,
    ...(other === undefined ? {} : { other }),
    problem,
    // Until the search for the explanation says more.
    withoutRevisions: 'unknown',
  };
  return { ...known, verdict: 'illegal', versions };
}

function searched<Input, State>(
  { model }: History<Input, State>,
  key: KeyHistory<Input, State>,
  answer: SearchAnswer<State>,
): KeyResult<Input, State> {
  const known = { ...key, by: 'search', steps: answer.steps, verdict: answer.verdict } as const;
  if (answer.verdict === 'ok') return { ...known, order: () => answer.order };
  const reached =
    answer.reached === undefined ? {} : { reached: prefixOf(model, key.operations, answer.reached) };
  return answer.verdict === 'illegal'
    ? { ...known, ...reached }
    : { ...known, ...reached, reason: answer.reason };
}

function summarize<Input, State>(
  { model, ignored }: History<Input, State>,
  keys: readonly KeyResult<Input, State>[],
  decidedMs: number,
): CheckResult<Input, State> {
  const has = (verdict: CheckVerdict): boolean => keys.some((key) => key.verdict === verdict);
  return {
    model,
    verdict: has('illegal') ? 'illegal' : has('unknown') ? 'unknown' : 'ok',
    operations: keys.reduce((sum, key) => sum + key.operations.length, 0),
    ignored,
    keys,
    steps: keys.reduce((sum, key) => sum + key.steps, 0),
    decidedMs,
  };
}
