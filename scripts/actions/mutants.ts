import { join, relative } from 'node:path';
import { CONTRACT_VERSION } from '../../adapters/contract/index.ts';
import { renderMutationHtml } from '../../reports/mutation/html.ts';
import { renderMutationMarkdown } from '../../reports/mutation/markdown.ts';
import { mutationStatus, type MutationReport } from '../../reports/mutation/model.ts';
import { mutationSummary } from '../../reports/mutation/terminal.ts';
import { MUTANTS_FILES, openRunFolder } from '../../reports/runFolder.ts';
import { buildId } from '../../scenarios/process/index.ts';
import { writeWhole } from '../../scenarios/wholeFile.ts';
import type { Specimen, SpecimenResult } from '../../suites/mutation.ts';
import { listenForInterrupt } from '../interrupt.ts';
import type { CommandContext } from '../context.ts';
import { examineAll, repeatMutants, specimensOf, type MutationFlags } from '../mutation.ts';
import { tellLeftBehind } from '../leftBehind.ts';
import { randomSeed } from '../options.ts';
import { lockstepVersion } from '../paths.ts';

export interface MutantsFlags extends Omit<MutationFlags, 'seeds'> {
  readonly seeds: number;
  readonly seed?: number;
  readonly out?: string;
}

export async function mutants(context: CommandContext, given: MutantsFlags): Promise<void> {
  const first = given.seed ?? randomSeed();
  const flags = { ...given, seeds: Array.from({ length: given.seeds }, (_, index) => first + index) };
  context.done(await runMutants(context, flags, given.out));
}
async function runMutants(
  { terminal, cwd }: CommandContext,
  flags: MutationFlags,
  out: string | undefined,
): Promise<number> {
  const specimens = specimensOf(flags);
  const started = new Date();
  using folder = openRunFolder({
    cwd,
    time: started,
    target: 'mutants',
    ...(out === undefined ? {} : { out }),
  });
  const { dir } = folder;
  const results = new Map<Specimen, SpecimenResult>();
  const report = (): MutationReport => ({
    schemaVersion: 1,
    kind: 'mutants',
    lockstepVersion: lockstepVersion(),
    contractVersion: String(CONTRACT_VERSION),
    buildId: buildId(),
    startedAt: started.toISOString(),
    durationMs: Date.now() - started.getTime(),
    repeat: repeatMutants(flags),
    runs: flags.runs,
    seeds: flags.seeds,
    processes: flags.processes,
    partial: signal.aborted,
    specimens: specimens.flatMap((one) => results.get(one) ?? []),
  });
  const finish = (): number => {
    const made = report();
    write(dir, made);
    tellLeftBehind(terminal);
    terminal.out(`\n${mutationSummary(made, terminal.style)}`);
    terminal.out(`report: ${relative(cwd, join(dir, MUTANTS_FILES.html))}`);
    return mutationStatus(made);
  };
  using interruption = listenForInterrupt({ terminal, giveUp: () => finish() });
  const { signal } = interruption;
  await examineAll(specimens, flags, { terminal, signal, results });
  return finish();
}

function write(dir: string, report: MutationReport): void {
  writeWhole(join(dir, MUTANTS_FILES.json), `${JSON.stringify(report, undefined, 2)}\n`);
  writeWhole(join(dir, MUTANTS_FILES.markdown), renderMutationMarkdown(report));
  writeWhole(join(dir, MUTANTS_FILES.html), renderMutationHtml(report));
}
