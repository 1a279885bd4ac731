/**
 * The command line: builds the program, runs one command, and turns its outcome into an exit status. A file in
 * commands/ declares a command and imports next to nothing. The command's work is in actions/, which is loaded when the
 * command is called.
 */
import { Command, CommanderError } from 'commander';
import { configFile } from './config/file.ts';
import type { CommandContext } from './context.ts';
import { explainError } from './errors.ts';
import { applyJson, PG_VARIABLE, requireTargets } from './options/options.ts';
import { lockstepVersion } from './paths.ts';
import { terminalOf } from './terminal/terminal.ts';

/** In the order of the help. Only the command that is called is loaded. */
const COMMANDS: Readonly<Record<string, () => Promise<(context: CommandContext) => Command>>> = {
  certify: async () => (await import('./commands/certify.ts')).certifyCommand,
  load: async () => (await import('./commands/load.ts')).loadCommand,
  compare: async () => (await import('./commands/compare.ts')).compareCommand,
  judge: async () => (await import('./commands/judge.ts')).judgeCommand,
  check: async () => (await import('./commands/check.ts')).checkCommand,
  report: async () => (await import('./commands/report.ts')).reportCommand,
  mutants: async () => (await import('./commands/mutants.ts')).mutantsCommand,
  migrate: async () => (await import('./commands/migrate.ts')).migrateCommand,
  stress: async () => (await import('./commands/stress.ts')).stressCommand,
  merge: async () => (await import('./commands/merge.ts')).mergeCommand,
  clauses: async () => (await import('./commands/clauses.ts')).clausesCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  targets: async () => (await import('./commands/targets.ts')).targetsCommand,
  init: async () => (await import('./commands/init.ts')).initCommand,
  start: async () => (await import('./commands/start.ts')).startCommand,
  clean: async () => (await import('./commands/clean.ts')).cleanCommand,
};

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
    .description('Certify and load-test storage adapters for payment streams.')
    .version(lockstepVersion())
    .addHelpText('after', EXIT_STATUS_HELP)
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => terminal.out(text.replace(/\n$/, '')),
      writeErr: (text) => terminal.error(text.replace(/\n$/, '')),
    })
    .exitOverride()
    .hook('preAction', async (_, command) => {
      await applyConfiguration(command, context);
      requireTargets(command);
      warnOfDatabaseUrl(command, context);
      applyJson(command);
    });
  for (const load of commandsIn(args)) {
    const build = await load();
    program.addCommand(build(context).copyInheritedSettings(program));
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitStatus;
  } catch (error) {
    // Commander has printed its message already. Help and version also end here, with exit code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { message, status } = explainError(error);
    terminal.error(`lockstep: ${message}`);
    return status;
  }
}

/** The command that is called. All of them, if help or the list of names is needed. */
function commandsIn(args: readonly string[]): (typeof COMMANDS)[string][] {
  const called = args.find((arg) => !arg.startsWith('-')) ?? '';
  return Object.hasOwn(COMMANDS, called)
    ? [COMMANDS[called] as (typeof COMMANDS)[string]]
    : Object.values(COMMANDS);
}

async function applyConfiguration(command: Command, { cwd }: CommandContext): Promise<void> {
  const file = configFile(cwd);
  if (file === undefined) return;
  const { applyConfig } = await import('./config/apply.ts');
  await applyConfig(command, cwd, file);
}

/** Many programs read that variable, and it often names a database into which lockstep should not write. */
function warnOfDatabaseUrl(command: Command, { env, terminal }: CommandContext): void {
  if ((env['DATABASE_URL'] ?? '') === '' || command.getOptionValueSource('pg') !== 'default') return;
  terminal.error(
    `! DATABASE_URL is set, but lockstep does not read it and uses the embedded server. To use that server, set ${PG_VARIABLE}="$DATABASE_URL", or give --pg URL. To silence this note, give --pg embedded.`,
  );
}
