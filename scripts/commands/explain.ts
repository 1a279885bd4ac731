import { Command } from 'commander';
import type { CommandContext } from '../context.ts';

export function explainCommand(context: CommandContext): Command {
  return new Command('explain')
    .description('Explain one clause: what must hold, when it applies, and what usually breaks it.')
    .argument('<clause>', 'for example LOCK-03')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  lockstep explain CUR-01')
    .action(async (id: string, flags: { readonly json?: true }) => {
      const { explain } = await import('../actions/explain.ts');
      explain(context, id, flags);
    });
}
