/** Loads that have failed once, as files: they are driven again before anything new. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { StressRun } from '../reports/stress/model.ts';
import { FAULT_NAMES } from '../scenarios/faults/catalog.ts';
import { MIXES, type MixName } from '../scenarios/load/index.ts';
import { parseJsonText } from '../scenarios/jsonText.ts';
import { LockstepError } from '../scenarios/lockstepError.ts';
import type { PlannedLoad } from './stressPlan.ts';

const MIX_NAMES = MIXES.map(({ name }) => name) as [MixName, ...MixName[]];

const regressionSchema = z.strictObject({
  target: z.string(),
  mix: z.enum(MIX_NAMES),
  fault: z.enum(FAULT_NAMES).nullable(),
  seed: z.int().min(0),
  /** ISO time. */
  found: z.string(),
  reason: z.string(),
});

/** Those in `dir`; none when there is no such folder. Errors: USAGE for a file that is none. */
export function readRegressions(dir: string): PlannedLoad[] {
  let names: string[];
  try {
    names = readdirSync(dir).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
  return names.toSorted().map((name) => {
    const file = join(dir, name);
    const wrong = (what: string, cause?: unknown): LockstepError =>
      new LockstepError(
        'USAGE',
        `${file}: expected a load that failed (target, mix, fault, seed, found, reason); ${what}.`,
        { cause },
      );
    const { target, mix, fault, seed } = parseJsonText(readFileSync(file, 'utf8'), regressionSchema, wrong);
    return { target, mix, fault, seed };
  });
}

/** Keeps a load that broke a rule. One that is there already is left as it was found first. */
export function keepRegression(dir: string, { target, mix, fault, seed, reason }: StressRun): void {
  mkdirSync(dir, { recursive: true });
  const name = [target.replace(/[^A-Za-z0-9-]+/g, '-'), mix, fault ?? 'no-fault', seed].join('_');
  const regression = { target, mix, fault, seed, found: new Date().toISOString(), reason };
  try {
    writeFileSync(join(dir, `${name}.json`), `${JSON.stringify(regression, null, 2)}\n`, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
