import { Command } from 'commander';
import type { CommandContext } from '../main.ts';
import { BUNDLED_TARGETS } from '../targets.ts';

export function targetsCommand({ terminal }: CommandContext): Command {
  return new Command('targets')
    .description('List the bundled targets.')
    .addHelpText(
      'after',
      '\nAny module whose default export is a target works too: lockstep certify ./my-adapter.ts',
    )
    .action(() => {
      const width = Math.max(...BUNDLED_TARGETS.map(({ name }) => name.length));
      for (const target of BUNDLED_TARGETS) terminal.out(`${target.name.padEnd(width)} ${target.text}`);
    });
}
