import { join, resolve } from 'node:path';
import { defined } from '../../adapters/contract/defined.ts';
import { commandLine } from '../../reports/words/commandLine.ts';
import { drawBlocks, drawVerdict, type TerminalStyle } from '../../reports/document/terminal/draw.ts';
import { EVIDENCE_FOLDER, openRunFolder } from '../../reports/folder/runFolder.ts';
import { stressRunBlocks, stressSummary, stressVerdict } from '../../reports/stress/document.ts';
import { stressStatus, type LeftOut, type StressReport, type StressRun } from '../../reports/stress/model.ts';
import { recordedStress } from '../../reports/stress/recorded.ts';
import { makeOutFolder } from '../../scenarios/folders.ts';
import { listenForInterrupt } from '../session/interrupt.ts';
import type { CommandContext } from '../context.ts';
import { randomSeed, timeText } from '../options/options.ts';
import { tellLeftBehind } from '../session/leftBehind.ts';
import { lockstepVersion } from '../paths.ts';
import { keepRegression, readRegressions } from '../../reports/stress/regressions.ts';
import { serverPart } from '../options/repeat.ts';
import { publish, writeReports } from '../session/publish.ts';
import type { ReporterName } from '../session/reporters.ts';
import { pairsOf, planStress, type PlannedLoad, type StressTarget } from '../../suites/stress/plan.ts';
import { stress, stressTarget, type StressFlags } from '../stress/drive.ts';
import { unlessStopped } from '../session/unlessStopped.ts';

export interface StressCommandFlags extends StressFlags {
  /** In seconds. */
  readonly time: number;
  readonly seed?: number;
  readonly out?: string;
  /** The path of a folder. */
  readonly regressions?: string;
  readonly reporter?: readonly ReporterName[];
}

export async function runStress(
  context: CommandContext,
  specs: readonly string[],
  flags: StressCommandFlags,
): Promise<number> {
  const { terminal, cwd } = context;
  const { reporter: reporters = ['terminal'] } = flags;
  const seed = flags.seed ?? randomSeed();
  const kept = flags.regressions === undefined ? undefined : resolve(cwd, flags.regressions);
  if (kept !== undefined) makeOutFolder(kept, `--regressions ${flags.regressions}`);
  const known =
    kept === undefined ? [] : readRegressions(kept).filter(({ target }) => specs.includes(target));
  const started = new Date();
  const runs: StressRun[] = [];
  const targets: StressTarget[] = [];
  const leftOut: LeftOut[] = [];
  const repeat = repeatOf(specs, flags, seed);
  const report = (): StressReport =>
    reportOf({ started, repeat, seed, partial: signal.aborted, runs, pairs: pairsOf(targets), leftOut });
  const prints = reporters.includes('terminal');
  let dir: string | undefined;
  const finish = (): number => {
    const made = report();
    tellLeftBehind(terminal);
    const closing = closingOf(made, terminal.style);
    if (dir === undefined) terminal.out(closing);
    else publish(context, { dir, recorded: recordedStress(made), reporters, closing });
    return stressStatus(made);
  };
  using interruption = listenForInterrupt({ terminal, giveUp: () => finish() });
  const { signal } = interruption;
  using progress = terminal.progress('stress');
  for (const spec of specs) targets.push(await stressTarget(spec, flags, { cwd, signal, progress }));
  using folder = openRunFolder({
    cwd,
    time: started,
    target: `stress ${specs.join(' ')}`,
    ...defined({ out: flags.out }),
  });
  dir = folder.dir;
  const drive = async (planned: PlannedLoad, isRegression: boolean): Promise<void> => {
    const name = `${runs.length + 1}-${planned.mix}-${planned.fault ?? 'no-fault'}`;
    const evidence = join(folder.dir, EVIDENCE_FOLDER, name);
    const note = (text: string): void => terminal.error(`! ${text}`);
    const leaveOut = (why: string): void => {
      leftOut.push({ target: planned.target, fault: planned.fault, why });
      note(`left out for ${planned.target}: ${why}`);
    };
    const place = { cwd, dir: folder.dir, evidence, signal, progress, note, leaveOut };
    const run = await unlessStopped(stress(planned, isRegression, flags, place));
    if (run === undefined) return;
    runs.push(run);
    if (kept !== undefined && run.verdict === 'violated') keepRegression(kept, run);
    if (prints) progress.print(drawBlocks(stressRunBlocks(run), terminal.style));
    progress.update(runs.length, runs.length === 1 ? 'load' : 'loads');
    // Written during the run, so that an interrupted run leaves what it found.
    writeReports(folder.dir, recordedStress(report()), 'json');
  };
  for (const planned of known) if (!signal.aborted) await drive(planned, true);
  const end = Date.now() + flags.time * 1000;
  for (const planned of planStress(seed, targets)) {
    if (signal.aborted || Date.now() >= end) break;
    if (!leftOut.some((one) => faultOf(one) === faultOf(planned))) await drive(planned, false);
  }
  return finish();
}

function reportOf({
  started,
  ...rest
}: Omit<StressReport, 'schemaVersion' | 'kind' | 'lockstepVersion' | 'startedAt' | 'durationMs'> & {
  readonly started: Date;
}): StressReport {
  return {
    schemaVersion: 1,
    kind: 'stress',
    lockstepVersion: lockstepVersion(),
    startedAt: started.toISOString(),
    durationMs: Date.now() - started.getTime(),
    ...rest,
  };
}

function closingOf(report: StressReport, style: TerminalStyle): string {
  return `\n${drawBlocks(stressSummary(report), style)}\n\n${drawVerdict(stressVerdict(report), style)}`;
}

function faultOf({ target, fault }: Pick<PlannedLoad, 'target' | 'fault'>): string {
  return `${target} ${fault}`;
}

function repeatOf(specs: readonly string[], flags: StressCommandFlags, seed: number): string {
  const { time, processes, drivers, connections, duration, strikes } = flags;
  return commandLine(
    'stress',
    specs,
    { time: timeText(time), processes, drivers, connections, duration, strikes, seed },
    serverPart(flags),
  );
}
