/** Stores loads that have failed as files. They are driven again before anything new. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from '../../adapters/contract/zod.ts';
import type { StressRun } from './model.ts';
import { FAULT_NAMES } from '../../scenarios/faults/catalog.ts';
import { MIX_NAMES } from '../../scenarios/load/mixes/index.ts';
import { readJsonFile } from '../../scenarios/jsonText.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { writeWhole } from '../../scenarios/wholeFile.ts';
import type { PlannedLoad } from '../../suites/stress/plan.ts';

const regressionSchema = z.strictObject({
  target: z.string(),
  mix: z.enum(MIX_NAMES),
  fault: z.enum(FAULT_NAMES).nullable(),
  seed: z.int().min(0),
  /** When the failure was found, as an ISO time. */
  found: z.string(),
  reason: z.string(),
});

/** The stored loads in `dir`. Errors: USAGE for an invalid file. */
export function readRegressions(dir: string): PlannedLoad[] {
  const names = readdirSync(dir).filter((name) => name.endsWith('.json'));
  return names.toSorted().map((name) => {
    const file = join(dir, name);
    const wrong = (what: string, cause?: unknown): LockstepError =>
      new LockstepError(
        'USAGE',
        `${file}: expected a failed load (target, mix, fault, seed, found, reason); ${what}.`,
        { cause },
      );
    const { target, mix, fault, seed } = readJsonFile(file, regressionSchema, wrong);
    return { target, mix, fault, seed };
  });
}

/** Stores a load that broke a rule. An existing file stays as it was first written. */
export function keepRegression(dir: string, { target, mix, fault, seed, reason }: StressRun): void {
  const name = [target.replace(/[^A-Za-z0-9-]+/g, '-'), mix, fault ?? 'no-fault', seed].join('_');
  const regression = { target, mix, fault, seed, found: new Date().toISOString(), reason };
  const file = join(dir, `${name}.json`);
  if (!existsSync(file)) writeWhole(file, `${JSON.stringify(regression, null, 2)}\n`);
}
