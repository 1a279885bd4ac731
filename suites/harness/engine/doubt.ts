/** Decides whether runs without a failure prove anything. */
import { runsText } from '../failing/reasons.ts';
import type { Unconfirmed } from './confirm.ts';

/** If fewer than this share of the trials could have broken the clause, the result is inconclusive. */
const MINIMUM_EXERCISED = 0.1;

/** Trials whose setup was refused, with the first reason. */
export interface Unchecked {
  readonly reason: string;
  readonly trials: number;
}

/** What was run, and what occurred. */
interface Counted {
  readonly unchecked: Unchecked | undefined;
  readonly unconfirmed: Unconfirmed | undefined;
  /** Whether only one path was repeated. */
  readonly isOnePath: boolean;
  readonly isInterrupted: boolean;
  /** The requested number of trials. */
  readonly asked: number;
  readonly trials: number;
  /** The number of trials that could have broken the clause. */
  readonly exercised: number;
  /** The number of trials in which each situation occurred. */
  readonly situations: ReadonlyMap<string, number>;
}

/** The reason why the result is inconclusive. Undefined: the clause holds. */
export function doubtOf(counted: Counted): string | undefined {
  const { unchecked, unconfirmed, isOnePath, isInterrupted, asked, trials, exercised, situations } = counted;
  if (unchecked !== undefined)
    return `could not be checked: ${unchecked.reason}, in ${unchecked.trials} of ${runsText(trials)}`;
  if (unconfirmed !== undefined)
    return `${unconfirmed.summary} It happened once, and not in ${runsText(unconfirmed.runs)} of the same program afterwards: the machine may have been busy. Run this clause again on a quiet machine`;
  if (isOnePath) return 'this path did not fail again; one path certifies nothing';
  if (trials < asked) {
    const done = `after ${trials} of ${asked} runs`;
    return isInterrupted ? `interrupted ${done}` : `out of time ${done}; raise --budget`;
  }
  if (exercised < trials * MINIMUM_EXERCISED)
    return `only ${exercised} of ${trials} runs could have broken the clause`;
  const missing = [...situations].filter(([, runs]) => runs === 0).map(([name]) => name);
  return missing.length === 0 ? undefined : `no run had ${missing.join('; no run had ')}`;
}
