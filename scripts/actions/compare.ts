import { COMPARE_VERSION, type CompareReport, type CompareRound } from '../../reports/compare/model.ts';
import { machineEnvironment } from '../../reports/words/environment.ts';
import { openRunFolder } from '../../reports/folder/runFolder.ts';
import { CONTRACT_VERSION } from '../../adapters/contract/index.ts';
import { defined } from '../../adapters/contract/defined.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { findMetric, METRIC_NAMES } from '../../suites/figures/metrics.ts';
import { compareFolders, namesFolders } from '../compare/folders.ts';
import { conclude, type CompareRecord } from '../../reports/compare/conclude.ts';
import { driveRounds } from '../compare/drive.ts';
import type { CompareFlags } from '../compare/flags.ts';
import { publishComparison, writeComparison } from '../compare/publish.ts';
import { openSides, type DrivenSide } from '../compare/sides.ts';
import type { CommandContext } from '../context.ts';
import { countBeside, type CountContext } from '../load/counting.ts';
import { entriesOfComparison } from '../history/entries.ts';
import { appendHistory } from '../history/file.ts';
import { beginHistory } from '../history/keep.ts';
import { listenForInterrupt } from '../session/interrupt.ts';
import { tellLeftBehind } from '../session/leftBehind.ts';
import { randomSeed } from '../options/options.ts';
import { lockstepVersion } from '../paths.ts';
import { compareLine } from '../options/repeat.ts';
import { thresholdsOf } from '../options/thresholds.ts';
import { unlessStopped } from '../session/unlessStopped.ts';

export async function compare(
  context: CommandContext,
  specs: readonly string[],
  flags: CompareFlags,
): Promise<void> {
  const { terminal, cwd } = context;
  requireGate(flags.gate);
  const thresholds = thresholdsOf(flags.threshold ?? [], 'compare');
  if (namesFolders(specs, cwd)) return compareFolders(context, specs, flags, thresholds);
  const seed = flags.seed ?? randomSeed();
  const started = new Date();
  const rounds: CompareRound[] = [];
  using progress = terminal.progress('compare', flags.rounds);
  let sides: readonly DrivenSide[] = [];
  let dir: string | undefined;
  let isDone = false;
  const report = (): CompareReport => {
    const record = recordOf({ sides, rounds, seed, started, repeat: compareLine(specs, flags, seed), flags });
    const { ended } = interruption;
    const end = isDone
      ? { partial: ended !== undefined, finishedAt: new Date().toISOString() }
      : { partial: true };
    return conclude({ ...record, ...end, ...defined({ endedEarly: ended }) }, thresholds);
  };
  const finish = (): number => {
    isDone = true;
    const result = report();
    tellLeftBehind(terminal);
    return dir === undefined ? result.exitStatus : publishComparison(context, dir, result, flags.reporter);
  };
  using interruption = listenForInterrupt({ terminal, timeout: flags.timeout, giveUp: finish });
  const history = await beginHistory(context, flags.history);
  using opened = await openSides(specs, flags.base, { cwd, onPhase: (what) => progress.phase({ what }) });
  ({ sides } = opened);
  using folder = openRunFolder({
    cwd,
    time: started,
    target: `compare ${specs.join(' ')}`,
    ...defined({ out: flags.out }),
  });
  ({ dir } = folder);
  writeComparison(dir, report());
  const note = (text: string): void => terminal.error(`! ${text}`);
  const { signal } = interruption;
  sides = (await unlessStopped(counted(sides, { pg: flags.pg, signal, progress, note }))) ?? sides;
  for await (const round of driveRounds(sides, flags, {
    dir,
    seed,
    signal,
    progress,
    note,
  })) {
    rounds.push(round);
    const soFar = report();
    // Written during the comparison, so that the rounds so far are kept however it ends.
    writeComparison(dir, soFar);
    if (soFar.refused.length > 0) break;
  }
  context.done(finish());
  if (history !== undefined && !interruption.signal.aborted)
    appendHistory(history.dir, entriesOfComparison(report(), { canary: history.canary }));
}

/** The costs of single requests to each side. They are counted once, because they are the same each time. */
async function counted(sides: readonly DrivenSide[], context: CountContext): Promise<DrivenSide[]> {
  const told: DrivenSide[] = [];
  for (const side of sides) {
    const counts = await countBeside(side.target, context);
    told.push(counts === undefined ? side : { ...side, counts });
  }
  return told;
}

interface Recorded {
  readonly sides: readonly DrivenSide[];
  readonly rounds: readonly CompareRound[];
  readonly seed: number;
  readonly started: Date;
  readonly repeat: string;
  readonly flags: CompareFlags;
}

function recordOf({ sides, rounds, seed, started, repeat, flags }: Recorded): CompareRecord {
  const { mix, processes, drivers, connections, operations, gate } = flags;
  return {
    schemaVersion: COMPARE_VERSION,
    kind: 'compare',
    lockstepVersion: lockstepVersion(),
    contractVersion: CONTRACT_VERSION,
    startedAt: started.toISOString(),
    partial: true,
    repeat,
    seed,
    environment: machineEnvironment(),
    pairing: 'paired',
    settings: {
      mix,
      processes,
      drivers,
      connections,
      operations,
      rounds: flags.rounds,
      runsBaseTwice: flags.floor,
    },
    sides: sides.map(({ target: _target, ...side }) => side),
    rounds: [...rounds],
    ...defined({ gate }),
  };
}

function requireGate(gate: string | undefined): void {
  if (gate === undefined || findMetric(gate) !== undefined) return;
  throw new LockstepError(
    'USAGE',
    `--gate ${gate}: expected a figure of a load, one of ${METRIC_NAMES.join(', ')}.`,
  );
}
