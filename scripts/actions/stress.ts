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
import { randomSeed } from '../options.ts';
import { lockstepVersion } from '../paths.ts';
import { keepRegression, readRegressions } from '../regressions.ts';
import { serverPart } from '../repeat.ts';
import { planStress, type PlannedLoad } from '../stressPlan.ts';
import { stress, stressTargets, type StressFlags } from '../stressing.ts';

export interface StressCommandFlags extends StressFlags {
  /** Minutes. */
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
  const targets = await stressTargets(specs, flags, cwd);
  const started = new Date();
  using folder = openRunFolder({
    cwd,
    time: started,
    target: `stress ${specs.join(' ')}`,
    ...(flags.out === undefined ? {} : { out: flags.out }),
  });
  const { dir } = folder;
  using interruption = listenForInterrupt((text) => terminal.error(text));
  const { signal } = interruption;
  const runs: StressRun[] = [];
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
  const drive = async (planned: PlannedLoad, isRegression: boolean): Promise<void> => {
    const evidence = join(
      dir,
      EVIDENCE_FOLDER,
      `${runs.length + 1}-${planned.mix}-${planned.fault ?? 'no-fault'}`,
    );
    const run = await stress(planned, isRegression, flags, {
      cwd,
      dir,
      evidence,
      signal,
      note: (text) => terminal.error(`! ${text}`),
    });
    if (run === undefined) return;
    runs.push(run);
    if (kept !== undefined && run.verdict === 'violated') keepRegression(kept, run);
    terminal.out(stressRunBlock(run, terminal.style));
    // Written as it goes on: an interrupted night leaves what it found.
    write(dir, report());
  };
  for (const planned of known) if (!signal.aborted) await drive(planned, true);
  const end = started.getTime() + flags.time * 60_000;
  for (const planned of planStress(seed, targets)) {
    if (signal.aborted || Date.now() >= end) break;
    await drive(planned, false);
  }
  write(dir, report());
  terminal.out(`\n${stressSummary(report(), terminal.style)}`);
  terminal.out(`report: ${relative(cwd, join(dir, STRESS_FILES.html))}`);
  return stressStatus(report());
}

function write(dir: string, report: StressReport): void {
  writeWhole(join(dir, STRESS_FILES.json), `${JSON.stringify(report, undefined, 2)}\n`);
  writeWhole(join(dir, STRESS_FILES.markdown), renderStressMarkdown(report));
  writeWhole(join(dir, STRESS_FILES.html), renderStressHtml(report));
}

function repeatOf(specs: readonly string[], flags: StressCommandFlags, seed: number): string {
  const { time, processes, drivers, connections, duration, strikes } = flags;
  return [
    `lockstep stress ${specs.join(' ')} --time ${time} --processes ${processes} --drivers ${drivers}`,
    `--connections ${connections} --duration ${duration} --strikes ${strikes} --seed ${seed}`,
    serverPart(flags),
  ]
    .filter((part) => part !== '')
    .join(' ');
}
