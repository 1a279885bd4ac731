/**
 * `rate: auto` finds the highest rate that a target holds, in steps. A closed loop shows the approximate throughput.
 * Then an open loop starts at half of that and gets a tenth faster with each step, until a rate fails twice in a row.
 */
import type { RateStep } from './measured.ts';
import type { Pacing } from '../driver/pacer.ts';

/** The closed loop takes the time of this many steps: the first warms up, the second is measured. */
const CLOSED_STEPS = 2;
/** The most rates to try, including repetitions. */
const MAX_STEPS = 14;
/** The number of equal parts into which the time of such a load is divided. */
export const STEPS_PER_LOAD: number = CLOSED_STEPS + MAX_STEPS;
/** The first rate, as a share of the closed loop's throughput. */
const FIRST_SHARE = 0.5;
const FACTOR = 1.1;
/**
 * A rate holds if at most this share of the due requests was still unsent at its end, so that connections were free in
 * time.
 */
const UNSENT_SHARE = 0.02;

export interface Stepped {
  /** Requests per second. */
  readonly closedPerSecond: number;
  readonly steps: readonly RateStep[];
}

/** The reports of all drivers together. */
export interface Paced {
  /** The counts of the previous schedule. */
  readonly pacing: Pick<Pacing, 'due' | 'sent'>;
  /** Requests since the load began. */
  readonly answered: number;
}

/** The drivers, and the time. */
export interface SteppedDrivers {
  /** From now on, sends this many requests per second. Null: as before. */
  pace(ratePerSecond: number | null): Promise<Paced>;
  /** In ns since the run's start. */
  now(): number;
  /** Resolves early if the load is to end. */
  sleep(ms: number): Promise<void>;
  readonly isOver: () => boolean;
}

/** `onRate` is called with each rate before it is tried. */
export async function findSaturation(
  stage: SteppedDrivers,
  stepMs: number,
  onRate: (ratePerSecond: number) => void = () => {},
): Promise<Stepped> {
  const closedPerSecond = await closedRate(stage, stepMs);
  const steps: RateStep[] = [];
  if (closedPerSecond === 0) return { closedPerSecond, steps };
  let failures = 0;
  let share = FIRST_SHARE;
  while (steps.length < MAX_STEPS && failures < 2) {
    const ratePerSecond = Number((closedPerSecond * share).toPrecision(3));
    onRate(ratePerSecond);
    const step = await tryRate(stage, stepMs, ratePerSecond);
    if (stage.isOver()) break;
    steps.push(step);
    failures = step.held ? 0 : failures + 1;
    if (step.held) share *= FACTOR;
  }
  return { closedPerSecond, steps };
}

async function closedRate(stage: SteppedDrivers, stepMs: number): Promise<number> {
  await stage.sleep(stepMs);
  const before = await stage.pace(null);
  const from = stage.now();
  await stage.sleep((CLOSED_STEPS - 1) * stepMs);
  const after = await stage.pace(null);
  const seconds = (stage.now() - from) / 1e9;
  return seconds > 0 ? (after.answered - before.answered) / seconds : 0;
}

async function tryRate(stage: SteppedDrivers, stepMs: number, ratePerSecond: number): Promise<RateStep> {
  await stage.pace(ratePerSecond);
  const from = stage.now();
  await stage.sleep(stepMs);
  const to = stage.now();
  const { due, sent } = (await stage.pace(null)).pacing;
  const neverSent = Math.max(0, due - sent);
  return { ratePerSecond, from, to, due, neverSent, held: due > 0 && neverSent <= due * UNSENT_SHARE };
}
