import { writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { EVIDENCE_FOLDER, runFolder, STRESS_FILES } from '../../reports/runFolder.ts';
import { renderStressHtml } from '../../reports/stress/html.ts';
import { renderStressMarkdown } from '../../reports/stress/markdown.ts';
import { stressStatus, type StressReport, type StressRun } from '../../reports/stress/model.ts';
import { stressRunBlock, stressSummary } from '../../reports/stress/terminal.ts';
import { listenForInterrupt } from '../interrupt.ts';
import type { CommandContext } from '../main.ts';
import { outOption, pgOption, randomSeed, seconds, seedOption, wholeNumber } from '../options.ts';
import { lockstepVersion } from '../paths.ts';
import { keepRegression, readRegressions } from '../regressions.ts';
import { pgPart } from '../repeat.ts';
import { planStress, type PlannedLoad } from '../stressPlan.ts';
import { stress, stressTargets, type StressFlags } from '../stressing.ts';

interface StressCommandFlags extends StressFlags {
  /** Minutes. */
  readonly time: number;
  readonly seed?: number;
  readonly out?: string;
  /** A folder. */
  readonly regressions?: string;
}

const MAX_MINUTES = 10_080;

const HELP = `
Loads of every mix under every fault that a target offers, and without one, in an order and with seeds that follow from
--seed. One in which too little could have been broken is driven again, four times as long. The load that is under way
when the time is up is still judged.

Exit status: 0 every load held, 1 a rule was broken, 2 wrong usage, 3 a load was inconclusive.

Examples:
  lockstep stress postgres --time 60
  lockstep stress ./my-adapter.ts --time 10 --regressions regressions`;

export function stressCommand(context: CommandContext): Command {
  return new Command('stress')
    .description('Drive loads of every mix under every fault until the time is up: the nightly.')
    .argument('<targets...>', 'memory, postgres, or paths of modules')
    .option('--time <minutes>', 'how long', seconds(MAX_MINUTES), 10)
    .option('--processes <n>', 'service processes, one adapter instance each', wholeNumber(1, 32), 2)
    .option('--drivers <n>', 'load generator processes', wholeNumber(1, 16), 1)
    .option('--connections <n>', 'connections of all drivers', wholeNumber(1, 4096), 16)
    .option('--duration <s>', 'seconds of a load at least', seconds(3600), 5)
    .option('--strikes <n>', 'how often the fault of a load strikes', wholeNumber(1, 1000), 2)
    .option(
      '--regressions <dir>',
      'drive the loads in this folder first, and keep each that breaks a rule there, as JSON',
    )
    .addOption(seedOption())
    .addOption(outOption())
    .addOption(pgOption())
    .addHelpText('after', HELP)
    .action(async (specs: string[], flags: StressCommandFlags) => {
      context.done(await runStress(context, specs, flags));
    });
}

async function runStress(
  { terminal, cwd }: CommandContext,
  specs: readonly string[],
  flags: StressCommandFlags,
): Promise<number> {
  const seed = flags.seed ?? randomSeed();
  const kept = flags.regressions === undefined ? undefined : resolve(cwd, flags.regressions);
  const known =
    kept === undefined ? [] : readRegressions(kept).filter(({ target }) => specs.includes(target));
  const targets = await stressTargets(specs, cwd);
  const started = new Date();
  const dir = runFolder({
    cwd,
    time: started,
    target: `stress ${specs.join(' ')}`,
    ...(flags.out === undefined ? {} : { out: flags.out }),
  });
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
    const run = await stress(planned, isRegression, flags, { cwd, dir, evidence, signal });
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
  writeFileSync(join(dir, STRESS_FILES.json), `${JSON.stringify(report, undefined, 2)}\n`);
  writeFileSync(join(dir, STRESS_FILES.markdown), renderStressMarkdown(report));
  writeFileSync(join(dir, STRESS_FILES.html), renderStressHtml(report));
}

function repeatOf(specs: readonly string[], flags: StressCommandFlags, seed: number): string {
  const { time, processes, drivers, connections, duration, strikes } = flags;
  return [
    `lockstep stress ${specs.join(' ')} --time ${time} --processes ${processes} --drivers ${drivers}`,
    `--connections ${connections} --duration ${duration} --strikes ${strikes} --seed ${seed}`,
    pgPart(flags.pg),
  ]
    .filter((part) => part !== '')
    .join(' ');
}
