/**
 * How often the verdicts of `lockstep compare` are right, by simulation: `node dist/scripts/bench/calibration.js`. Runs are
 * drawn from distributions whose spread was measured on quiet and on busy cores.
 */
import { calibrate, disturbed, normal, type Calibration } from '../../suites/figures/testing/calibrate.ts';

const TIMES = 10_000;
const ROUNDS = [6, 12, 24] as const;
/** Standard deviations of the paired logarithms: quiet counts, quiet times, CPU on busy cores, times on busy cores. */
const SPREADS = [0.01, 0.05, 0.08, 0.32] as const;
const DRAWS = [
  ['normal', normal],
  ['disturbed', disturbed],
] as const;

function print(name: string, rounds: number, calibration: Calibration): void {
  const cells = Object.values(calibration).map((share: number) =>
    `${(share * 100).toFixed(2)} %`.padStart(9),
  );
  console.log(`${name.padEnd(20)}${String(rounds).padStart(3)}${cells.join('')}`);
}

console.log(
  'runs             rounds  covered   alarms  + 10 %   equivalent at 0, at + 10 %, at twice the margin',
);
for (const [name, draw] of DRAWS)
  for (const spread of SPREADS)
    for (const rounds of ROUNDS)
      print(
        `${name}, SD ${spread}`,
        rounds,
        calibrate({
          seed: rounds,
          times: TIMES,
          rounds,
          draw: (random) => (spread / Math.SQRT2) * draw(random),
        }),
      );
