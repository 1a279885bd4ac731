/** Limits that storages and drivers have, documented or customary, and what lies one beyond them. */
import { MAX_PAGE_LIMIT } from '../../../adapters/contract/index.ts';
import type { CallStep, Step } from '../../../scenarios/host/program.ts';

/** Sizes beyond which some storages give no more rows at once, the largest last: that of the contract. */
export const PAGE_LIMITS: readonly number[] = [50, 100, 200, 250, 500, MAX_PAGE_LIMIT];
/** One row more than the largest page holds. */
export const MANY_ROWS: number = MAX_PAGE_LIMIT + 1;

/** How many calls are under way at once where many are made: few enough for every pool to queue them. */
const AT_ONCE = 20;

/** The calls, many of them at once: one by one they would take a while. */
export function atOnce(calls: readonly CallStep[]): Step[] {
  const batches = Array.from({ length: Math.ceil(calls.length / AT_ONCE) }, (_, index) =>
    calls.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
  );
  return batches.flatMap((batch): Step[] => [
    ...batch.map((call, index): Step => ({ do: 'spawn', as: `call ${index + 1}`, call })),
    ...batch.map((_, index): Step => ({ do: 'join', spawned: `call ${index + 1}` })),
  ]);
}
