import { Command, Option } from 'commander';
import { MUTANT_BASES } from '../../adapters/mutants/mutant.ts';
import type { MutantsFlags } from '../actions/mutants.ts';
import type { CommandContext } from '../context.ts';
import {
  allowFaultsOption,
  budgetOption,
  jsonOption,
  outOption,
  pgOption,
  processesOption,
  reporterOption,
  seedOption,
  wholeNumber,
} from '../options/options.ts';

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
    .option(
      '--only <names>',
      'mutants, equivalents, or the clauses and groups for which they are made',
      words,
    )
    .addOption(new Option('--base <name>', 'on this reference adapter only').choices(MUTANT_BASES))
    .option('--runs <n>', 'the most generated programs per clause', wholeNumber(1, 1_000_000), 100)
    .option('--seeds <n>', 'with how many seeds each one is examined', wholeNumber(1, 10_000), 1)
    .addOption(seedOption())
    .addOption(processesOption())
    .addOption(budgetOption())
    .option('--every-clause', 'check every mutant against all clauses, for a full matrix', false)
    .option('--under-faults', 'also check equivalents against the clauses that need faults', false)
    .option('--no-shrink', 'show counterexamples as they were found; this is much faster')
    .addOption(outOption())
    .addOption(reporterOption())
    .addOption(jsonOption())
    .addOption(pgOption())
    .addOption(allowFaultsOption())
    .addHelpText('after', HELP)
    .action(async (flags: MutantsFlags) => {
      const { mutants } = await import('../actions/mutants.ts');
      await mutants(context, flags);
    });
}

function words(text: string): string[] {
  return text.split(',').map((word) => word.trim());
}
