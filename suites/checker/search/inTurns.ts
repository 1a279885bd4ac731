/**
 * Searches many keys in turn, one slice each. A single illegal key decides the history, and it may be found within
 * milliseconds while another key takes minutes.
 */
import type { KeyHistory, UnknownReason } from '../result.ts';
import type { SequentialModel } from '../operation.ts';
import type { Meter } from './meter.ts';
import { Search, type Reached } from './search.ts';

/** The first slices are short, because most illegal keys are found at once. Later slices are longer. */
const FIRST_SLICE_STEPS = 1024;
const MAX_SLICE_STEPS = 32_768;

export type SearchAnswer<State> = { readonly steps: number } & (
  | { readonly verdict: 'ok'; readonly order: readonly number[] }
  | { readonly verdict: 'illegal'; readonly reached: Reached<State> }
  | { readonly verdict: 'unknown'; readonly reason: UnknownReason; readonly reached?: Reached<State> }
);

/**
 * Yields after each slice. Returns the answers in the order of `keys`. `stopReason` says why no further slice may run.
 * When the history `isSettled` by another key, each key still gets one slice.
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
  /** Runs one slice. Returns whether the search must continue. */
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
    // Created when its turn comes: most searches finish within their first slice, so few exist at the same time.
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
