/**
 * Decides whether a history is linearizable. Each key is checked by version order if its model has one, and otherwise
 * by search. Illegal keys are explained afterwards. Pure; the caller provides the clock.
 */
import { defined } from '../../adapters/contract/defined.ts';
import { explain } from './explain.ts';
import type { OrderDecision, Operation, SequentialModel } from './operation.ts';
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
  /** After this time, in milliseconds, keys without a verdict are `unknown`. */
  readonly timeoutMs: number;
  /** The longest time for explaining illegal keys, in milliseconds. */
  readonly explainMs: number;
  /** The most memory of searches, in bytes, without the history itself. */
  readonly memoryBytes: number;
  /** Milliseconds from any origin. */
  readonly clock: () => number;
}

/** Checks without pauses. */
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
 * Checks in slices of some milliseconds. Passing true to `next` stops it: it returns what it knows so far and calls the
 * rest `unknown`.
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
  const undecided: { readonly key: KeyHistory<Input, State>; readonly loaded: KeyHistory<Input, State> }[] =
    [];
  let count = 0;
  let isAnswered = false;
  for (const key of keys) {
    const loaded = { key: key.key, initial: key.initial, operations: key.operations };
    count += loaded.operations.length;
    isAnswered ||= loaded.operations.some(({ optional }) => !optional);
    const isOver = stopReason() !== undefined;
    const unwritten = isOver ? undefined : model.unwritten?.(loaded.operations);
    const decision = isOver ? undefined : model.decide?.(key.initial, loaded.operations);
    if (unwritten !== undefined)
      results.set(key, { ...loaded, by: 'values', steps: 0, verdict: 'illegal', unwritten });
    else if (decision === undefined) undecided.push({ key, loaded });
    else if (decision.verdict === 'ok') results.set(key, decidedOk(model, key));
    else results.set(key, decidedIllegal(loaded, decision));
    isStopped ||= yield;
  }
  const searching = searchInTurns(
    model,
    undecided.map(({ loaded }) => loaded),
    meter,
    stopReason,
    [...results.values()].some(({ verdict }) => verdict === 'illegal'),
  );
  let slice = searching.next();
  while (slice.done !== true) {
    isStopped ||= yield;
    slice = searching.next();
  }
  slice.value.forEach((answer, index) => {
    const { key, loaded } = undecided[index] as (typeof undecided)[number];
    results.set(key, searched(history, loaded, answer));
  });

  const illegal = keys.filter((key) => {
    const result = results.get(key);
    return result?.verdict === 'illegal' && result.unwritten === undefined;
  });
  const decidedMs = clock() - startedAt;
  const explainUntil = clock() + options.explainMs;
  for (const [index, key] of illegal.entries()) {
    // Each key gets its share of the remaining time, so that the first one does not use all of it.
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
    { operations: count, decidedMs, isAnswered },
  );
}

/** Computes operations and order on demand, because most are never looked at. */
function decidedOk<Input, State>(
  model: SequentialModel<Input, State>,
  source: KeyHistory<Input, State>,
): KeyResult<Input, State> {
  const { key, initial } = source;
  let operations: readonly Operation<Input>[] | undefined;
  return {
    key,
    initial,
    get operations() {
      operations ??= source.operations;
      return operations;
    },
    by: 'version order',
    steps: 0,
    verdict: 'ok',
    order() {
      const decision = model.decide?.(initial, this.operations);
      return decision?.verdict === 'ok' ? decision.order() : [];
    },
  };
}

function decidedIllegal<Input, State>(
  key: KeyHistory<Input, State>,
  { operation, other, problem }: Extract<OrderDecision, { verdict: 'illegal' }>,
): KeyResult<Input, State> {
  const versions: VersionProblem = {
    operation,
    ...defined({ other }),
    problem,
    // Until the explanation's search decides it.
    withoutRevisions: 'unknown',
  };
  return { ...key, by: 'version order', steps: 0, verdict: 'illegal', versions };
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
  { model, ignored, timesFrom }: History<Input, State>,
  keys: readonly KeyResult<Input, State>[],
  {
    isAnswered,
    ...counted
  }: Pick<CheckResult, 'operations' | 'decidedMs'> & { readonly isAnswered: boolean },
): CheckResult<Input, State> {
  const has = (verdict: CheckVerdict): boolean => keys.some((key) => key.verdict === verdict);
  const summary = {
    ...counted,
    model,
    ignored,
    ...defined({ timesFrom }),
    steps: keys.reduce((sum, key) => sum + key.steps, 0),
  };
  if (!isAnswered) return { ...summary, verdict: 'unknown', reason: 'unanswered', keys };
  return { ...summary, verdict: has('illegal') ? 'illegal' : has('unknown') ? 'unknown' : 'ok', keys };
}
