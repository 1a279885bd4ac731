import { Command, Option } from 'commander';
import {
  CLAUSE_LIST_FORMATS,
  CLAUSE_LIST_RENDERERS,
  type ClauseListFormat,
} from '../../reports/clauseList.ts';
import { PROPERTIES } from '../../suites/clauses/index.ts';
import type { CommandContext } from '../main.ts';

export function clausesCommand({ terminal }: CommandContext): Command {
  return new Command('clauses')
    .description('List the clauses of the contract.')
    .addOption(new Option('--format <name>', 'how').choices(CLAUSE_LIST_FORMATS).default('text'))
    .addHelpText('after', '\nExample:\n  lockstep clauses --format json')
    .action(({ format }: { format: ClauseListFormat }) => {
      const executable = new Set(PROPERTIES.map((property) => property.clause));
      terminal.out(CLAUSE_LIST_RENDERERS[format](executable));
    });
}
