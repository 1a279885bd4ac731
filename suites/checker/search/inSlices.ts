/** Runs one search in slices of some milliseconds, so that whoever waits for it can be stopped. */
import type { Search, SearchState } from './search.ts';

const SLICE_STEPS = 8192;

/** Goes on for at most so many steps, and not when it is over; then it is `working`. Yields after each slice. */
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
