/** Limits that storages and drivers have, documented or customary, and what lies one beyond them. */
import { MAX_PAGE_LIMIT } from '../../../adapters/contract/index.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import type { Vocabulary } from './vocabulary.ts';
import { chunks } from '../engine/chunks.ts';

/** Sizes beyond which some storages give no more rows at once, the largest last: that of the contract. */
export const PAGE_LIMITS: readonly number[] = [50, 100, 200, 250, 500, MAX_PAGE_LIMIT];
/** One row more than the largest page holds. */
export const MANY_ROWS: number = MAX_PAGE_LIMIT + 1;

/** One more than caches and maps of locks are usually bounded to, be it 100, 500 or 1,000. */
export const MANY_OTHERS = 1001;

/** How many calls are under way at once where many are made: few enough for every pool to queue them. */
const AT_ONCE = 20;

/** The calls, many of them at once: one by one they would take a while. */
export function atOnce(calls: readonly CallStep[]): Step[] {
  return chunks(calls, AT_ONCE).flatMap((batch): Step[] => [
    ...batch.map((call, index): Step => ({ do: 'spawn', as: `call ${index + 1}`, call })),
    ...batch.map((_, index): Step => ({ do: 'join', spawned: `call ${index + 1}` })),
  ]);
}

/** How many records one section writes: one more than storages take in one transaction or one batch. */
export const MANY_WRITES: Vocabulary<number> = {
  name: 'numbers of writes',
  entries: { '101': 101, '501': 501 },
};

/** Times in milliseconds that timers and columns of 32 bits cut, wrap round to a moment, or take for no time at all. */
export const LONG_TIMES: Vocabulary<number> = {
  name: 'long times',
  entries: {
    'one beyond 31 bits': 2 ** 31,
    '30 days': 30 * 86_400_000,
    'little more than 32 bits': 2 ** 32 + 5,
  },
};
/** After how many milliseconds it is looked whether such a time is over: later than what it would wrap round to. */
export const LATER_MS = 15;

/** Sizes of texts beyond which some storages refuse or cut a field or a record: one more than they hold. */
export const TEXT_SIZES: readonly number[] = [65_536, 400 * 1024 + 1, 1024 * 1024 + 1];
