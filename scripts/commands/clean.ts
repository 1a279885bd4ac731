import { Command } from 'commander';
import type { CleanFlags } from '../actions/clean.ts';
import type { CommandContext } from '../context.ts';
import { pgOption } from '../options/options.ts';

const HELP = `
With --pg URL (or LOCKSTEP_PG), it removes schemas on that server. A schema is removed only if its comment names the run that
made it, if that run is dead (two checks find no session that holds its lock), and if nothing outside the schema depends on it.
With --pg embedded and --pg docker, it removes servers on this machine whose processes were all killed, with their data and
containers. Every run starts with the same cleanup; this command does only that.

Exit status: 0 nothing is left, 2 wrong usage, 3 something of a dead run could not be removed, or the server cannot be reached.

Examples:
  lockstep clean
  lockstep clean --pg postgresql://user:password@host:5432/database`;

export function cleanCommand(context: CommandContext): Command {
  return new Command('clean')
    .description('Remove what killed runs left behind on a PostgreSQL server or on this machine.')
    .addOption(pgOption())
    .addHelpText('after', HELP)
    .action(async (flags: CleanFlags) => {
      const { clean } = await import('../actions/clean.ts');
      context.done(await clean(context, flags));
    });
}
