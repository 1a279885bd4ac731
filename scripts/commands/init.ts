import { relative, resolve } from 'node:path';
import { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { named } from '../options/options.ts';
import { PROJECT_FILES, STARTER_FILES } from '../init/starterFiles.ts';

const HELP = `
Writes ${STARTER_FILES.map(({ to }) => to).join(', ')}, and a workflow in .github/workflows
at the root of the git repository.
Existing files are never overwritten: if one of these files exists, nothing is written.
It also writes those of ${PROJECT_FILES.map(({ to }) => to).join(', ')} that are missing.

Example:
  lockstep init my-adapter`;

const NOT_PUBLISHED =
  'lockstep is not in a package registry yet. npm pack makes a tarball of the copy that you run. Commit the tarball, so that CI can install it.';

export function initCommand({ terminal, cwd }: CommandContext): Command {
  return new Command('init')
    .description(
      'Write a starter for your own adapter: an adapter in memory, its target, its test and a workflow.',
    )
    .argument('[dir]', 'the folder of your project; created if it is missing', named, '.')
    .addHelpText('after', HELP)
    .action(async (dir: string) => {
      const { installCommands, writeStarter } = await import('../init/starter.ts');
      const folder = resolve(cwd, dir);
      for (const path of writeStarter(folder)) terminal.out(`wrote ${relative(cwd, path)}`);
      const enter = folder === cwd ? [] : [`  cd ${relative(cwd, folder)}`];
      terminal.out(
        [
          '',
          'Next:',
          ...enter,
          ...installCommands(folder).map((command) => `  ${command}`),
          '  npx lockstep certify ./target.ts --only IDEM-01    fails, on purpose: adapter.ts says why',
          '  npx vitest run                                     every clause as a test',
          ...(installCommands(folder).length > 1 ? ['', NOT_PUBLISHED] : []),
        ].join('\n'),
      );
    });
}
