/**
 * `rate: auto`: finds the highest rate that a target holds, by steps. A closed loop shows about how much it gets done; then
 * an open loop begins at half of that, and goes a tenth faster with each step, until a rate is not held twice in a row.
 */
import type { RateStep } from './measured.ts';
import type { Pacing } from '../driver/pacer.ts';

/** The closed loop takes so many steps' time: the first warms up, the second is measured. */
const CLOSED_STEPS = 2;
/** The most rates that are tried, those that are tried again among them. */
const MOST_STEPS = 14;
/** How many parts the time of such a load has. */
export const STEPS_A_LOAD: number = CLOSED_STEPS + MOST_STEPS;
/** The first rate, as a share of what the closed loop got done. */
const FIRST_SHARE = 0.5;
const FACTOR = 1.1;
/** A rate has held when at its end at most this share of what was due had not been sent: connections were free in time. */
const UNSENT_SHARE = 0.02;

export interface Stepped {
  /** Requests per second. */
  readonly closedPerSecond: number;
  readonly steps: readonly RateStep[];
}

/** What all drivers together say. */
export interface Paced {
  /** Of the schedule before. */
  readonly pacing: Pick<Pacing, 'due' | 'sent'>;
  /** Requests since the load began. */
  readonly answered: number;
}

/** The drivers, and time. */
export interface SteppedDrivers {
  /** So many requests per second from now on; null: as before. */
  pace(ratePerSecond: number | null): Promise<Paced>;
  /** In ns since the run's start. */
  now(): number;
  /** Resolves early when the load is to end. */
  sleep(ms: number): Promise<void>;
  readonly isOver: () => boolean;
}

/** `onRate`: told each rate before it is tried. */
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
  while (steps.length < MOST_STEPS && failures < 2) {
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
