/** Runs one search in slices of some milliseconds, so that it can be stopped in between. */
import type { Search, SearchState } from './search.ts';

const SLICE_STEPS = 8192;

/**
 * Continues for at most this many steps and not after the end of the time; then the state is `working`. Yields after
 * each slice.
 */
export function* runInSlices<Input, State>(
  search: Search<Input, State>,
  maxSteps: number,
  isOver: () => boolean,
): Generator<void, SearchState, void> {
  const until = search.steps + maxSteps;
  while (search.steps < until && !isOver()) {
    const state = search.run(Math.min(SLICE_STEPS, until - search.steps));
    if (state !== 'working') return state;
    yield;
  }
  return 'working';
}
