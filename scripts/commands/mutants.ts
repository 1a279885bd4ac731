import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Command, Option } from 'commander';
import { CONTRACT_VERSION } from '../../adapters/contract/index.ts';
import { MUTANT_BASES } from '../../adapters/mutants/mutant.ts';
import { renderMutationHtml } from '../../reports/mutation/html.ts';
import { renderMutationMarkdown } from '../../reports/mutation/markdown.ts';
import { mutationStatus, type MutationReport } from '../../reports/mutation/model.ts';
import { mutationSummary } from '../../reports/mutation/terminal.ts';
import { MUTANTS_FILES, runFolder } from '../../reports/runFolder.ts';
import { buildId } from '../../scenarios/process/index.ts';
import { DEFAULT_BUDGET_S } from '../../suites/certify.ts';
import { listenForInterrupt } from '../interrupt.ts';
import type { CommandContext } from '../main.ts';
import { examineAll, repeatMutants, specimensOf, type MutationFlags } from '../mutation.ts';
import { outOption, pgOption, randomSeed, seconds, seedOption, wholeNumber } from '../options.ts';
import { lockstepVersion } from '../paths.ts';

interface MutantsFlags extends Omit<MutationFlags, 'seeds'> {
  readonly seeds: number;
  readonly seed?: number;
  readonly out?: string;
}

const HELP = `
A mutant is a reference adapter with one seeded bug; it is killed when a clause made for it is violated. An
equivalent is a correct adapter written differently; it passes when no clause at all is violated.
One of them alone is a target, too: lockstep certify mutant:no-lock@memory

Exit status: 0 all killed and passed, 1 one survived or was accused, 3 one could not be decided.

Examples:
  lockstep mutants
  lockstep mutants --only LOCK,millisecond-cursor --base postgres --seeds 5
  lockstep mutants --only no-lock --every-clause`;

export function mutantsCommand(context: CommandContext): Command {
  return new Command('mutants')
    .description('Run the suites against every seeded bug, and print the kill matrix.')
    .option('--only <names>', 'mutants, equivalents, or the clauses and groups they are made for', words)
    .addOption(new Option('--base <name>', 'on this reference adapter only').choices(MUTANT_BASES))
    .option('--runs <n>', 'generated programs a clause at most', wholeNumber(1, 1_000_000), 100)
    .option('--seeds <n>', 'how many seeds each is examined with', wholeNumber(1, 10_000), 1)
    .addOption(seedOption())
    .option('--processes <n>', 'processes for clauses across processes', wholeNumber(1, 16), 2)
    .option('--budget <s>', 'seconds for the programs of one clause', seconds(86_400), DEFAULT_BUDGET_S)
    .option('--every-clause', 'examine mutants by all clauses, for a full matrix', false)
    .option('--under-faults', 'examine equivalents by the clauses that need faults, too', false)
    .option('--no-shrink', 'show counterexamples as they were found, which is much faster')
    .addOption(outOption())
    .addOption(pgOption())
    .addHelpText('after', HELP)
    .action(async (given: MutantsFlags) => {
      const first = given.seed ?? randomSeed();
      const flags = { ...given, seeds: Array.from({ length: given.seeds }, (_, index) => first + index) };
      context.done(await runMutants(context, flags, given.out));
    });
}

function words(text: string): string[] {
  return text.split(',').map((word) => word.trim());
}

async function runMutants(
  { terminal, cwd }: CommandContext,
  flags: MutationFlags,
  out: string | undefined,
): Promise<number> {
  const specimens = specimensOf(flags);
  const started = new Date();
  const dir = runFolder({ cwd, time: started, target: 'mutants', ...(out === undefined ? {} : { out }) });
  using interruption = listenForInterrupt((text) => terminal.error(text));
  const { signal } = interruption;
  const results = await examineAll(specimens, flags, { terminal, signal });
  const report: MutationReport = {
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
    specimens: results,
  };
  writeFileSync(join(dir, MUTANTS_FILES.json), `${JSON.stringify(report, undefined, 2)}\n`);
  writeFileSync(join(dir, MUTANTS_FILES.markdown), renderMutationMarkdown(report));
  writeFileSync(join(dir, MUTANTS_FILES.html), renderMutationHtml(report));
  terminal.out(`\n${mutationSummary(report, terminal.style)}`);
  terminal.out(`report: ${relative(cwd, join(dir, MUTANTS_FILES.html))}`);
  return mutationStatus(report);
}
