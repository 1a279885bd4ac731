/** Compares recorded loads. */
import { relative, resolve } from 'node:path';
import { defined } from '../../adapters/contract/defined.ts';
import { COMPARE_VERSION, type CompareSide } from '../../reports/compare/model.ts';
import type { LoadResult, RunResult } from '../../reports/model.ts';
import { commandLine } from '../../reports/words/commandLine.ts';
import { loadRunResult } from '../../reports/load.ts';
import { openRunFolder, requireApart } from '../../reports/folder/runFolder.ts';
import { isFolder } from '../../scenarios/folders.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import type { Threshold } from '../../suites/figures/thresholds.ts';
import type { CompareFlags } from './flags.ts';
import type { CommandContext } from '../context.ts';
import { lockstepVersion } from '../paths.ts';
import { conclude } from '../../reports/compare/conclude.ts';
import { publishComparison } from './publish.ts';

/** Whether the arguments are folders. Throws USAGE if only some are. */
export function namesFolders(specs: readonly string[], cwd: string): boolean {
  const folders = specs.filter((spec) => isFolder(resolve(cwd, spec)));
  if (folders.length === 0 || folders.length === specs.length) return folders.length > 0;
  throw new LockstepError(
    'USAGE',
    `Expected either targets or folders of recorded runs, got both: ${specs.join(' ')}.`,
  );
}

/** Rejects with USAGE, and with the errors of loadRunResult. */
export async function compareFolders(
  context: CommandContext,
  specs: readonly string[],
  flags: CompareFlags,
  thresholds: readonly Threshold[],
): Promise<void> {
  const { cwd } = context;
  if (flags.base !== undefined)
    throw new LockstepError(
      'USAGE',
      `--base ${flags.base}: expected a target to compare, got folders of recorded runs.`,
    );
  if (specs.length < 2)
    throw new LockstepError('USAGE', `Expected two or more folders, got only ${specs.join(' ')}.`);
  if (flags.out !== undefined) requireApart(cwd, flags.out, specs);
  const recorded = specs.map((spec) => ({ spec, ...onlyLoad(spec, loadRunResult(resolve(cwd, spec))) }));
  const started = new Date();
  using folder = openRunFolder({
    cwd,
    time: started,
    target: 'compare',
    ...defined({ out: flags.out }),
  });
  const [first] = recorded as [(typeof recorded)[number], ...typeof recorded];
  const { load } = first;
  const report = conclude(
    {
      schemaVersion: COMPARE_VERSION,
      kind: 'compare',
      lockstepVersion: lockstepVersion(),
      contractVersion: first.result.contractVersion,
      startedAt: started.toISOString(),
      finishedAt: new Date().toISOString(),
      partial: false,
      repeat: commandLine('compare', specs),
      seed: first.result.seed,
      environment: first.result.environment,
      pairing: 'unpaired',
      settings: {
        mix: load.mix,
        processes: load.services,
        drivers: load.drivers,
        connections: load.connections,
        rounds: 1,
        runsBaseTwice: false,
      },
      sides: recorded.map((one): CompareSide => ({
        name: relative(cwd, resolve(cwd, one.spec)),
        spec: one.load.target.spec,
      })),
      rounds: [
        {
          number: 1,
          seed: first.result.seed,
          runs: recorded.map((one, side) => ({ side, isAgain: false, load: one.load })),
        },
      ],
      ...defined({ gate: flags.gate }),
    },
    thresholds,
    (side) => recorded[side]?.result ?? first.result,
  );
  context.done(publishComparison(context, folder.dir, report, flags.reporter));
}

function onlyLoad(
  spec: string,
  result: RunResult,
): { readonly result: RunResult; readonly load: LoadResult } {
  const [load, ...more] = result.loads;
  if (load !== undefined && more.length === 0) return { result, load };
  throw new LockstepError(
    'USAGE',
    load === undefined
      ? `${spec}: expected the folder of a load, got a folder without a load.`
      : `${spec}: expected the folder of one load, got ${result.loads.length} loads. Load each target separately, or compare the targets.`,
  );
}
