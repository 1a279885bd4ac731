/**
 * Searches many keys in turns, a slice each: one that is found illegal settles the history, and may be found in
 * milliseconds where another key alone takes minutes.
 */
import type { KeyHistory, UnknownReason } from '../result.ts';
import type { SequentialModel } from '../operation.ts';
import type { Meter } from './meter.ts';
import { Search, type Reached } from './search.ts';

/** Short slices at first, because most of what is illegal shows at once; then longer ones. */
const FIRST_SLICE_STEPS = 1024;
const MAX_SLICE_STEPS = 32_768;

export type SearchAnswer<State> = { readonly steps: number } & (
  | { readonly verdict: 'ok'; readonly order: readonly number[] }
  | { readonly verdict: 'illegal'; readonly reached: Reached<State> }
  | { readonly verdict: 'unknown'; readonly reason: UnknownReason; readonly reached?: Reached<State> }
);

/**
 * Yields after each slice; answers in the order of `keys`. `stopReason` says why no further slice may run; when the
 * history `isSettled` by another key, each has one.
 */
export function* searchInTurns<Input, State>(
  model: SequentialModel<Input, State>,
  keys: readonly KeyHistory<Input, State>[],
  meter: Meter,
  stopReason: () => UnknownReason | undefined,
  isSettled = false,
): Generator<void, SearchAnswer<State>[], void> {
  const answers: SearchAnswer<State>[] = [];
  let live: { readonly index: number; readonly search: Search<Input, State> }[] = [];
  const isIllegal = (): boolean => isSettled || answers.some((answer) => answer?.verdict === 'illegal');
  let steps = FIRST_SLICE_STEPS;
  /** Runs one slice; whether the search is still under way. */
  const advance = (index: number, search: Search<Input, State>): boolean => {
    const state = search.run(steps);
    if (state === 'working') return true;
    answers[index] = answerOf(search, state === 'memory' ? 'memory' : state);
    search.release();
    return false;
  };
  for (const [index, { initial, operations }] of keys.entries()) {
    const reason = stopReason();
    if (reason !== undefined) {
      answers[index] = { verdict: 'unknown', reason, steps: 0 };
      continue;
    }
    // Made when its turn comes: most are done within their first slice and never stand side by side.
    const search = new Search(model, operations, initial, meter);
    if (advance(index, search)) live.push({ index, search });
    yield;
  }
  while (live.length > 0 && !isIllegal() && stopReason() === undefined) {
    const round = live;
    live = [];
    steps = Math.min(steps * 2, MAX_SLICE_STEPS);
    for (const each of round) {
      if (stopReason() !== undefined || advance(each.index, each.search)) live.push(each);
      yield;
    }
  }
  for (const { index, search } of live) {
    answers[index] = answerOf(search, isIllegal() ? 'elsewhere' : (stopReason() ?? 'time'));
    search.release();
  }
  return answers;
}

function answerOf<Input, State>(
  search: Search<Input, State>,
  end: 'ok' | 'illegal' | UnknownReason,
): SearchAnswer<State> {
  const { steps } = search;
  if (end === 'ok') return { verdict: 'ok', steps, order: search.order() };
  const reached = search.reached();
  return end === 'illegal'
    ? { verdict: 'illegal', steps, reached }
    : { verdict: 'unknown', reason: end, steps, reached };
}
