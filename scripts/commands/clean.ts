import { Command } from 'commander';
import type { CleanFlags } from '../actions/clean.ts';
import type { CommandContext } from '../context.ts';
import { pgOption } from '../options.ts';

const HELP = `
With --pg URL (or LOCKSTEP_PG): the schemas on that server. A schema is removed only if its comment says which run made it,
if that run is dead (no session holds its lock, at two looks), and if nothing outside of the schema depends on it. With
--pg embedded and --pg docker: servers, their data and containers on this machine, whose processes were all killed.
Every run begins in the same way; this does nothing else.

Exit status: 0 nothing is left, 2 wrong usage, 3 something of a dead run had to be left, or the server cannot be reached.

Examples:
  lockstep clean
  lockstep clean --pg postgresql://user:password@host:5432/database`;

export function cleanCommand(context: CommandContext): Command {
  return new Command('clean')
    .description('Remove what killed runs have left on a PostgreSQL server or on this machine.')
    .addOption(pgOption())
    .addHelpText('after', HELP)
    .action(async (flags: CleanFlags) => {
      const { clean } = await import('../actions/clean.ts');
      context.done(await clean(context, flags));
    });
}
