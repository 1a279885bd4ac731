/** Limits that storages and drivers have, documented or customary, and values just beyond them. */
import { MAX_PAGE_LIMIT } from '../../../adapters/contract/index.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import type { Vocabulary } from './vocabulary.ts';
import { chunks } from '../engine/chunks.ts';

/** The largest numbers of rows that some storages return at once. The last one is that of the contract. */
export const PAGE_LIMITS: readonly number[] = [50, 100, 200, 250, 500, MAX_PAGE_LIMIT];
/** One row more than the largest page can have. */
export const MANY_ROWS: number = MAX_PAGE_LIMIT + 1;

/** One more than the usual limits of caches and maps of locks: 100, 500 or 1,000. */
export const MANY_OTHERS = 1001;

/** How many calls run at once if many are made: few enough for every pool to queue them. */
const AT_ONCE = 20;

/** The calls, several at a time, because one after another they would take long. */
export function atOnce(calls: readonly CallStep[]): Step[] {
  return chunks(calls, AT_ONCE).flatMap((batch): Step[] => [
    ...batch.map((call, index): Step => ({ do: 'spawn', as: `call ${index + 1}`, call })),
    ...batch.map((_, index): Step => ({ do: 'join', spawned: `call ${index + 1}` })),
  ]);
}

/** How many records one section writes: one more than some storages accept in one transaction or batch. */
export const MANY_WRITES: Vocabulary<number> = {
  name: 'numbers of writes',
  entries: { '101': 101, '501': 501 },
};

/** Times in milliseconds that 32-bit timers and columns cut, wrap around to a short time, or treat as zero. */
export const LONG_TIMES: Vocabulary<number> = {
  name: 'long times',
  entries: {
    'one beyond 31 bits': 2 ** 31,
    '30 days': 30 * 86_400_000,
    'little more than 32 bits': 2 ** 32 + 5,
  },
};
/**
 * After this time it is checked whether such a time is over, in milliseconds: later than the short time that it would
 * wrap around to.
 */
export const LATER_MS = 15;

/** Sizes of texts that some storages refuse or cut, in a field or in a record: one more than the limit. */
export const TEXT_SIZES: readonly number[] = [65_536, 400 * 1024 + 1, 1024 * 1024 + 1];
