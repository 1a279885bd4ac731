import { Command, Option } from 'commander';
import {
  CLAUSE_LIST_FORMATS,
  CLAUSE_LIST_RENDERERS,
  type ClauseListFormat,
} from '../../reports/clauseList.ts';
import { EXECUTABLE } from '../../suites/executable.ts';
import type { CommandContext } from '../main.ts';

export function clausesCommand({ terminal }: CommandContext): Command {
  return new Command('clauses')
    .description('List the clauses of the contract.')
    .addOption(new Option('--format <name>', 'how').choices(CLAUSE_LIST_FORMATS).default('text'))
    .addHelpText('after', '\nExample:\n  lockstep clauses --format json')
    .action(({ format }: { format: ClauseListFormat }) => {
      terminal.out(CLAUSE_LIST_RENDERERS[format](EXECUTABLE));
    });
}
