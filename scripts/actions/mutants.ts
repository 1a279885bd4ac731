import { CONTRACT_VERSION } from '../../adapters/contract/index.ts';
import { defined } from '../../adapters/contract/defined.ts';
import { drawBlocks, drawVerdict } from '../../reports/document/terminal/draw.ts';
import { mutationSummary, mutationVerdict } from '../../reports/mutation/document.ts';
import { mutationStatus, type MutationReport } from '../../reports/mutation/model.ts';
import { recordedMutants } from '../../reports/mutation/recorded.ts';
import { openRunFolder } from '../../reports/folder/runFolder.ts';
import { buildId } from '../../scenarios/process/index.ts';
import type { Specimen, SpecimenResult } from '../../suites/mutation/mutation.ts';
import { listenForInterrupt } from '../session/interrupt.ts';
import type { CommandContext } from '../context.ts';
import { examineAll, repeatMutants, specimensOf, type MutationFlags } from '../mutants/examine.ts';
import { tellLeftBehind } from '../session/leftBehind.ts';
import { randomSeed } from '../options/options.ts';
import { lockstepVersion } from '../paths.ts';
import { publish } from '../session/publish.ts';
import type { ReporterName } from '../session/reporters.ts';

export interface MutantsFlags extends Omit<MutationFlags, 'seeds'> {
  readonly seeds: number;
  readonly seed?: number;
  readonly out?: string;
  readonly reporter?: readonly ReporterName[];
}

export async function mutants(context: CommandContext, given: MutantsFlags): Promise<void> {
  const first = given.seed ?? randomSeed();
  const flags = { ...given, seeds: Array.from({ length: given.seeds }, (_, index) => first + index) };
  context.done(await runMutants(context, flags, given));
}

async function runMutants(
  context: CommandContext,
  flags: MutationFlags,
  { out, reporter: reporters = ['terminal'] }: Pick<MutantsFlags, 'out' | 'reporter'>,
): Promise<number> {
  const { terminal, cwd } = context;
  const specimens = specimensOf(flags);
  const started = new Date();
  using folder = openRunFolder({
    cwd,
    time: started,
    target: 'mutants',
    ...defined({ out }),
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
    tellLeftBehind(terminal);
    const { style } = terminal;
    const closing = `\n${drawBlocks(mutationSummary(made), style)}\n\n${drawVerdict(mutationVerdict(made), style)}`;
    publish(context, { dir, recorded: recordedMutants(made), reporters, closing });
    return mutationStatus(made);
  };
  using interruption = listenForInterrupt({ terminal, giveUp: () => finish() });
  const { signal } = interruption;
  await examineAll(specimens, flags, { terminal, signal, results, prints: reporters.includes('terminal') });
  return finish();
}
