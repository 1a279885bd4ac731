import { Command, Option } from 'commander';
import { CLAUSE_LIST_FORMATS, type ClauseListFormat } from '../../reports/formats.ts';
import type { CommandContext } from '../context.ts';

export function clausesCommand(context: CommandContext): Command {
  return new Command('clauses')
    .description('List the clauses of the contract.')
    .addOption(new Option('--format <name>', 'how').choices(CLAUSE_LIST_FORMATS).default('text'))
    .addOption(new Option('--json', 'print JSON: the same as --format json').conflicts('format'))
    .addHelpText('after', '\nExample:\n  lockstep clauses --json')
    .action(async ({ format, json }: { readonly format: ClauseListFormat; readonly json?: true }) => {
      const { clauses } = await import('../actions/clauses.ts');
      clauses(context, json === true ? 'json' : format);
    });
}
