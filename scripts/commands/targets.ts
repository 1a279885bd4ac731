import { Command } from 'commander';
import type { CommandContext } from '../context.ts';

export function targetsCommand(context: CommandContext): Command {
  return new Command('targets')
    .description('List the bundled targets.')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nAny module whose default export is a target also works: lockstep certify ./my-adapter.ts',
    )
    .action(async (flags: { readonly json?: true }) => {
      const { targets } = await import('../actions/targets.ts');
      targets(context, flags);
    });
}
