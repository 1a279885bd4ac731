import { join, relative, resolve } from 'node:path';
import { EVIDENCE_FOLDER, openRunFolder, STRESS_FILES } from '../../reports/runFolder.ts';
import { renderStressHtml } from '../../reports/stress/html.ts';
import { renderStressMarkdown } from '../../reports/stress/markdown.ts';
import { stressStatus, type StressReport, type StressRun } from '../../reports/stress/model.ts';
import { stressRunBlock, stressSummary } from '../../reports/stress/terminal.ts';
import { makeOutFolder } from '../../scenarios/folders.ts';
import { writeWhole } from '../../scenarios/wholeFile.ts';
import { listenForInterrupt } from '../interrupt.ts';
import type { CommandContext } from '../context.ts';
import { randomSeed, timeText } from '../options.ts';
import { tellLeftBehind } from '../leftBehind.ts';
import { lockstepVersion } from '../paths.ts';
import { keepRegression, readRegressions } from '../regressions.ts';
import { serverPart } from '../repeat.ts';
import { planStress, type PlannedLoad, type StressTarget } from '../stressPlan.ts';
import { stress, stressTarget, type StressFlags } from '../stressing.ts';
import { unlessStopped } from '../unlessStopped.ts';

export interface StressCommandFlags extends StressFlags {
  /** Seconds. */
  readonly time: number;
  readonly seed?: number;
  readonly out?: string;
  /** A folder. */
  readonly regressions?: string;
}

export async function runStress(
  { terminal, cwd }: CommandContext,
  specs: readonly string[],
  flags: StressCommandFlags,
): Promise<number> {
  const seed = flags.seed ?? randomSeed();
  const kept = flags.regressions === undefined ? undefined : resolve(cwd, flags.regressions);
  if (kept !== undefined) makeOutFolder(kept, `--regressions ${flags.regressions}`);
  const known =
    kept === undefined ? [] : readRegressions(kept).filter(({ target }) => specs.includes(target));
  const started = new Date();
  const runs: StressRun[] = [];
  const leftOut = new Set<string>();
  const report = (): StressReport => ({
    schemaVersion: 1,
    kind: 'stress',
    lockstepVersion: lockstepVersion(),
    startedAt: started.toISOString(),
    durationMs: Date.now() - started.getTime(),
    repeat: repeatOf(specs, flags, seed),
    seed,
    partial: signal.aborted,
    runs,
  });
  let dir: string | undefined;
  const finish = (): number => {
    if (dir !== undefined) write(dir, report());
    tellLeftBehind(terminal);
    terminal.out(`\n${stressSummary(report(), terminal.style)}`);
    if (dir !== undefined) terminal.out(`report: ${relative(cwd, join(dir, STRESS_FILES.html))}`);
    return stressStatus(report());
  };
  using interruption = listenForInterrupt({ terminal, giveUp: () => finish() });
  const { signal } = interruption;
  using progress = terminal.progress('stress');
  const targets: StressTarget[] = [];
  for (const spec of specs) targets.push(await stressTarget(spec, flags, { cwd, signal, progress }));
  using folder = openRunFolder({
    cwd,
    time: started,
    target: `stress ${specs.join(' ')}`,
    ...(flags.out === undefined ? {} : { out: flags.out }),
  });
  dir = folder.dir;
  const drive = async (planned: PlannedLoad, isRegression: boolean): Promise<void> => {
    const name = `${runs.length + 1}-${planned.mix}-${planned.fault ?? 'no-fault'}`;
    const evidence = join(folder.dir, EVIDENCE_FOLDER, name);
    const note = (text: string): void => terminal.error(`! ${text}`);
    const leaveOut = (why: string): void => {
      leftOut.add(faultOf(planned));
      note(`left out for ${planned.target}: ${why}`);
    };
    const context = { cwd, dir: folder.dir, evidence, signal, progress, note, leaveOut };
    const run = await unlessStopped(stress(planned, isRegression, flags, context));
    if (run === undefined) return;
    runs.push(run);
    if (kept !== undefined && run.verdict === 'violated') keepRegression(kept, run);
    progress.print(stressRunBlock(run, terminal.style));
    progress.update(runs.length, 'loads');
    // Written as it goes on: an interrupted night leaves what it found.
    write(folder.dir, report());
  };
  for (const planned of known) if (!signal.aborted) await drive(planned, true);
  const end = Date.now() + flags.time * 1000;
  for (const planned of planStress(seed, targets)) {
    if (signal.aborted || Date.now() >= end) break;
    if (!leftOut.has(faultOf(planned))) await drive(planned, false);
  }
  return finish();
}

function faultOf({ target, fault }: PlannedLoad): string {
  return `${target} ${fault}`;
}

function write(dir: string, report: StressReport): void {
  writeWhole(join(dir, STRESS_FILES.json), `${JSON.stringify(report, undefined, 2)}\n`);
  writeWhole(join(dir, STRESS_FILES.markdown), renderStressMarkdown(report));
  writeWhole(join(dir, STRESS_FILES.html), renderStressHtml(report));
}

function repeatOf(specs: readonly string[], flags: StressCommandFlags, seed: number): string {
  const { time, processes, drivers, connections, duration, strikes } = flags;
  return [
    `lockstep stress ${specs.join(' ')} --time ${timeText(time)} --processes ${processes} --drivers ${drivers}`,
    `--connections ${connections} --duration ${duration} --strikes ${strikes} --seed ${seed}`,
    serverPart(flags),
  ]
    .filter((part) => part !== '')
    .join(' ');
}
