import { Command } from 'commander';
import { CLAUSES } from '../../adapters/contract/index.ts';
import { PROPERTIES } from '../../suites/clauses/index.ts';
import type { CommandContext } from '../main.ts';

export function clausesCommand({ terminal }: CommandContext): Command {
  return new Command('clauses')
    .description('List the clauses of the contract.')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  lockstep clauses --json')
    .action(({ json }: { json?: true }) => {
      const executable = new Set(PROPERTIES.map((property) => property.clause));
      const rows = CLAUSES.map((clause) => ({ ...clause, executable: executable.has(clause.id) }));
      if (json === true) {
        terminal.out(JSON.stringify(rows, null, 2));
        return;
      }
      for (const row of rows) {
        const needs = [...row.surfaces, ...row.capabilities].join(' ');
        const state = row.executable ? '' : ' (no check in this version)';
        terminal.out(`${row.id.padEnd(10)} ${row.level.padEnd(14)} ${row.text}${state}`);
        if (needs !== '') terminal.out(`${' '.repeat(26)}needs ${needs}`);
      }
    });
}
