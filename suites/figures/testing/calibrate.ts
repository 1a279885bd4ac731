/**
 * How often the verdicts are right where the truth is known: rounds of a base, of the base again and of another side are drawn
 * over and over, from a distribution or from runs that were measured.
 */
import { createRandom, type Random } from '../../../scenarios/random.ts';
import { pairedRatio, type Pair } from '../statistics/paired.ts';
import { judgeRatio, type Bounds } from '../verdict.ts';

export interface SimulatedComparison {
  readonly seed: number;
  readonly times: number;
  readonly rounds: number;
  /** The logarithm of one run's figure. */
  readonly draw: (random: Random) => number;
}

/** Shares of `times`. */
export interface Calibration {
  /** Intervals that hold the true ratio. */
  readonly covered: number;
  /** *faster* or *slower* where there is no difference. */
  readonly falseAlarms: number;
  /** *slower* at a true + 10 %. */
  readonly foundTenPercent: number;
  /** *equivalent* where there is no difference. */
  readonly equivalentAtNone: number;
  /** *equivalent* at a true + 10 %. */
  readonly equivalentAtTenPercent: number;
  /** *equivalent* at a true difference of twice the margin that was printed. */
  readonly equivalentAtTwiceTheMargin: number;
}

const BOUNDS: Bounds = { better: 'less', change: 0.05, margin: 0.05 };

export function calibrate({ seed, times, rounds, draw }: SimulatedComparison): Calibration {
  const random = createRandom(seed);
  const runs = (): number[] => Array.from({ length: rounds }, () => Math.exp(draw(random)));
  const counts = {
    covered: 0,
    falseAlarms: 0,
    foundTenPercent: 0,
    equivalentAtNone: 0,
    equivalentAtTenPercent: 0,
    equivalentAtTwiceTheMargin: 0,
  };
  for (let time = 0; time < times; time += 1) {
    const [base, again, other] = [runs(), runs(), runs()];
    const itself = pairedRatio(pairsOf(base, again));
    const judged = (slower: number): ReturnType<typeof judgeRatio> =>
      judgeRatio(pairedRatio(pairsOf(again, other, slower)), itself, BOUNDS);
    const { interval } = pairedRatio(pairsOf(again, other));
    const same = judged(1);
    const more = judged(1.1);
    if (interval !== undefined && interval.low <= 1 && interval.high >= 1) counts.covered += 1;
    if (same.verdict === 'faster' || same.verdict === 'slower') counts.falseAlarms += 1;
    if (same.verdict === 'equivalent') counts.equivalentAtNone += 1;
    if (more.verdict === 'slower') counts.foundTenPercent += 1;
    if (more.verdict === 'equivalent') counts.equivalentAtTenPercent += 1;
    if (judged((1 + same.margin) ** 2).verdict === 'equivalent') counts.equivalentAtTwiceTheMargin += 1;
  }
  const share = (name: keyof Calibration): number => counts[name] / times;
  return {
    covered: share('covered'),
    falseAlarms: share('falseAlarms'),
    foundTenPercent: share('foundTenPercent'),
    equivalentAtNone: share('equivalentAtNone'),
    equivalentAtTenPercent: share('equivalentAtTenPercent'),
    equivalentAtTwiceTheMargin: share('equivalentAtTwiceTheMargin'),
  };
}

function pairsOf(base: readonly number[], other: readonly number[], slower = 1): Pair[] {
  return base.map((value, index) => ({ base: value, other: (other[index] ?? Number.NaN) * slower }));
}

/** Of a standard normal distribution. */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.fraction()));
  return radius * Math.cos(2 * Math.PI * random.fraction());
}

/** As `normal`, and one in ten three times as far out: runs that somebody else disturbed. */
export function disturbed(random: Random): number {
  const value = normal(random) / Math.sqrt(1.8);
  return random.fraction() < 0.1 ? 3 * value : value;
}
