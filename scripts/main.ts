/**
 * The command line: builds the program, runs one command, and turns its end into an exit status. A file in commands/
 * declares one, and loads next to nothing; what it does is in actions/, and loaded when it is called.
 */
import { Command, CommanderError } from 'commander';
import { certifyCommand } from './commands/certify.ts';
import { checkCommand } from './commands/check.ts';
import { clausesCommand } from './commands/clauses.ts';
import { cleanCommand } from './commands/clean.ts';
import { compareCommand } from './commands/compare.ts';
import { explainCommand } from './commands/explain.ts';
import { initCommand } from './commands/init.ts';
import { judgeCommand } from './commands/judge.ts';
import { loadCommand } from './commands/load.ts';
import { mergeCommand } from './commands/merge.ts';
import { migrateCommand } from './commands/migrate.ts';
import { mutantsCommand } from './commands/mutants.ts';
import { reportCommand } from './commands/report.ts';
import { startCommand } from './commands/start.ts';
import { stressCommand } from './commands/stress.ts';
import { targetsCommand } from './commands/targets.ts';
import type { CommandContext } from './context.ts';
import { explainError } from './errors.ts';
import { applyJson, PG_VARIABLE } from './options.ts';
import { lockstepVersion } from './paths.ts';
import { terminalOf } from './terminal.ts';

const COMMANDS: readonly ((context: CommandContext) => Command)[] = [
  certifyCommand,
  loadCommand,
  compareCommand,
  judgeCommand,
  checkCommand,
  reportCommand,
  mutantsCommand,
  migrateCommand,
  stressCommand,
  mergeCommand,
  clausesCommand,
  explainCommand,
  targetsCommand,
  initCommand,
  startCommand,
  cleanCommand,
];

const EXIT_STATUS_HELP = `
Exit status: 0 everything counted held, 1 a violation, 2 wrong usage, 3 inconclusive or the environment failed,
4 a threshold is missed, or a gate of a migration refused.
Help on a command: lockstep <command> --help`;

/** Runs the command in `args`; never rejects. Returns the exit status. */
export async function main(args: readonly string[], streams: NodeJS.Process): Promise<number> {
  const terminal = terminalOf(streams);
  let exitStatus = 0;
  const context: CommandContext = {
    terminal,
    cwd: streams.cwd(),
    env: streams.env,
    done: (status) => {
      exitStatus = status;
    },
  };
  const program = new Command('lockstep')
    .description('Certifies storage adapters for payment streams, and load-tests them.')
    .version(lockstepVersion())
    .addHelpText('after', EXIT_STATUS_HELP)
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => terminal.out(text.replace(/\n$/, '')),
      writeErr: (text) => terminal.error(text.replace(/\n$/, '')),
    })
    .exitOverride()
    .hook('preAction', (_, command) => {
      warnOfDatabaseUrl(command, context);
      applyJson(command);
    });
  for (const build of COMMANDS) program.addCommand(build(context).copyInheritedSettings(program));
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitStatus;
  } catch (error) {
    // Commander has printed its message already; help and version end here too, with exit code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { message, status } = explainError(error);
    terminal.error(`lockstep: ${message}`);
    return status;
  }
}

/** Many programs read that variable, and what it names is often not meant to be written into by this one. */
function warnOfDatabaseUrl(command: Command, { env, terminal }: CommandContext): void {
  if ((env['DATABASE_URL'] ?? '') === '' || command.getOptionValueSource('pg') !== 'default') return;
  terminal.error(
    `! DATABASE_URL is set, but lockstep does not read it, and uses the embedded server. To use that one: ${PG_VARIABLE}="$DATABASE_URL", or --pg URL. To say nothing: --pg embedded.`,
  );
}
