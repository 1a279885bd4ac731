import { Command, Option } from 'commander';
import { HISTORY_MODELS } from '../../scenarios/history/lines.ts';
import type { CheckFlags } from '../actions/check.ts';
import type { CommandContext } from '../context.ts';
import { DAY_S, time, wholeNumber } from '../options/options.ts';

const DEFAULT_TIMEOUT_S = 60;
const MAX_MEMORY_MB = 65_536;
const DEFAULT_MEMORY_MB = 1024;

export function checkCommand(context: CommandContext): Command {
  return new Command('check')
    .description('Check whether recorded histories are linearizable.')
    .argument(
      '<files...>',
      "history files (JSON lines), or folders of a load's evidence; each one is checked as a separate history",
    )
    .addOption(
      new Option('--model <name>', 'the sequential model, for a history whose header names none').choices(
        HISTORY_MODELS,
      ),
    )
    .addOption(
      new Option('--timeout <time>', 'time limit per file; a file that is undecided by then is unknown')
        .argParser(time({ most: DAY_S }))
        .default(DEFAULT_TIMEOUT_S),
    )
    .addOption(
      new Option('--memory <megabytes>', 'memory limit of the searches; a file that needs more is unknown')
        .argParser(wholeNumber(1, MAX_MEMORY_MB))
        .default(DEFAULT_MEMORY_MB),
    )
    .option('--json', 'print JSON')
    .option('--html <file>', 'write an HTML page with the timelines of all files')
    .addHelpText(
      'after',
      `
Exit status: 0 linearizable, 1 illegal, 2 wrong usage or not a history, 3 unknown: not decided in time, or
no operation was answered.

Example:
  lockstep check history.jsonl
  lockstep check history.jsonl --html timeline.html
  lockstep check reports/runs/2026-01-31-081500-postgres/evidence/1-uniform --timeout 300`,
    )
    .action(async (names: string[], flags: CheckFlags) => {
      const { check } = await import('../actions/check.ts');
      await check(context, names, flags);
    });
}
