/**
 * Simulates how often the verdicts of `lockstep compare` are right: `node dist/scripts/bench/calibration.js [FILE...]`.
 *
 * Without FILE, runs are drawn from distributions whose spread was measured on idle and on busy cores. A FILE is the
 * compare.json of a comparison of a target with itself. Runs are then drawn from its runs, figure by figure. All of
 * them belong to one target, so any difference that is found is a false one.
 */
import { readFileSync } from 'node:fs';
import { compareReportSchema } from '../../reports/schema/compare.ts';
import type { Random } from '../../scenarios/random.ts';
import { figuresOf, METRICS } from '../../suites/figures/metrics.ts';
import { sdOf } from '../../suites/figures/statistics/moments.ts';
import { calibrate, disturbed, normal, type Calibration } from '../../suites/figures/testing/calibrate.ts';

const TIMES = 10_000;
const ROUNDS = [6, 12, 24] as const;
/**
 * Standard deviations of the paired logarithms: counts on idle cores, times on idle cores, CPU on busy cores, times on
 * busy cores.
 */
const SPREADS = [0.01, 0.05, 0.08, 0.32] as const;
const DRAWS = [
  ['normal', normal],
  ['disturbed', disturbed],
] as const;
/** With fewer runs, too little is known about the distribution. */
const MIN_RUNS = 24;

function print(name: string, rounds: number, calibration: Calibration): void {
  const cells = Object.values(calibration).map((share: number) =>
    `${(share * 100).toFixed(2)} %`.padStart(9),
  );
  console.log(`${name.padEnd(26)}${String(rounds).padStart(3)}${cells.join('')}`);
}

function measure(name: string, draw: (random: Random) => number): void {
  for (const rounds of ROUNDS) print(name, rounds, calibrate({ seed: rounds, times: TIMES, rounds, draw }));
}

/** The figures of all runs, by name. */
function measuredIn(files: readonly string[]): Map<string, number[]> {
  const loads = files.flatMap((file) => {
    const report = compareReportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return report.rounds.flatMap(({ runs }) => runs.map(({ load }) => figuresOf(load)));
  });
  const names = METRICS.filter(({ isCompared }) => isCompared).map(({ name }) => name);
  return new Map(
    names.map((name) => [name, loads.map((figures) => figures[name] ?? 0).filter((figure) => figure > 0)]),
  );
}

const files = process.argv.slice(2);
console.log(
  'runs                   rounds  covered   alarms  + 10 %   equivalent at 0, at + 10 %, at twice the margin',
);
if (files.length === 0)
  for (const [name, draw] of DRAWS)
    for (const spread of SPREADS)
      measure(`${name}, SD ${spread}`, (random) => (spread / Math.SQRT2) * draw(random));
else
  for (const [name, values] of measuredIn(files)) {
    if (values.length < MIN_RUNS) continue;
    const spread = Math.SQRT2 * sdOf(values.map(Math.log));
    measure(`${name}, SD ${spread.toFixed(3)}`, (random) => Math.log(random.pick(values)));
  }
