/** Options that several commands share, and their parsers. A wrong value is a usage error before anything starts. */
import { randomInt } from 'node:crypto';
import { Argument, InvalidArgumentError, Option, type Command } from 'commander';
import { CLAUSE_GROUPS, CLAUSES, LEVELS } from '../../adapters/contract/clauses.ts';
import { DEFAULT_IMAGE, parseWhere, problemOfWhere, WHERE } from '../../adapters/provision/where.ts';
import { ALLOW_OPTION } from '../../scenarios/faults/allowOption.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { learnSecrets } from '../../scenarios/secrets.ts';
import { DEFAULT_BUDGET_S } from '../../suites/defaults.ts';
import type { Shard } from '../../suites/shard.ts';
import { REPORTERS, type ReporterName } from '../session/reporters.ts';

export const MAX_SEED = 0x7fff_ffff;
/** The longest time that an option accepts unless it says otherwise, in seconds. */
export const DAY_S = 86_400;
/** The duration of a load if neither --duration nor --operations is given, in seconds. */
export const DEFAULT_DURATION_S = 10;
/** The same for a load with `--rate auto`. */
export const DEFAULT_AUTO_DURATION_S = 48;

/** Parses whole numbers from `min` to `max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

/** The units in seconds. */
const TIME_UNITS = { ms: 0.001, s: 1, m: 60, h: 3600 } as const;
type TimeUnit = keyof typeof TIME_UNITS;

export interface TimeBounds {
  /** In seconds. */
  readonly most: number;
  /** Whether 0 is allowed. Default: no. */
  readonly mayBeNone?: boolean;
  /** The unit of a number without a unit. Default: seconds. */
  readonly alone?: TimeUnit;
}

/** Parses `20s`, `90m`, `1h`, `250ms` or a plain number, with fractions allowed. Returns seconds. */
export function time({ most, mayBeNone = false, alone = 's' }: TimeBounds): (text: string) => number {
  return (text) => {
    const [, digits = '', unit = alone] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
    // Rounded, so that 0.7m is exactly 42 s.
    const value = Number((Number(digits) * TIME_UNITS[unit as TimeUnit]).toPrecision(12));
    if (digits !== '' && (value > 0 || (mayBeNone && Number(digits) === 0)) && value <= most) return value;
    const named = alone === 's' ? 'seconds' : 'minutes';
    throw new InvalidArgumentError(
      `Expected a time like 20s, 90m or 1h, or a number of ${named}, ${mayBeNone ? 'not below' : 'above'} 0 and at most ${timeText(most)}.`,
    );
  };
}

/** A time in the form that an option accepts: `90m`. */
export function timeText(seconds: number): string {
  const unit = (['h', 'm', 's'] as const).find(
    (one) => seconds >= TIME_UNITS[one] && seconds % TIME_UNITS[one] === 0,
  );
  return unit === undefined ? `${seconds}s` : `${seconds / TIME_UNITS[unit]}${unit}`;
}

const MAX_RATE = 1_000_000;

/** Parses requests per second, with fractions allowed, or `auto`. */
export function rate(text: string): number | 'auto' {
  if (text === 'auto') return text;
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value > 0 && value <= MAX_RATE) return value;
  throw new InvalidArgumentError(
    `Expected requests per second, a number above 0 and at most ${MAX_RATE}, or "auto".`,
  );
}

/** Parses requests per second. `auto` is not allowed, because all runs need the same rate. */
export function fixedRate(text: string): number {
  const value = rate(text);
  if (value !== 'auto') return value;
  throw new InvalidArgumentError(
    'Expected a number of requests per second: a comparison sends every target the same load.',
  );
}

/** Parses `LOCK,CUR-03`: groups and clause ids. */
export function clauseList(text: string): string[] {
  const names = text.split(',').map((name) => name.trim().toUpperCase());
  const known = new Set<string>([...CLAUSE_GROUPS, ...CLAUSES.map((clause) => clause.id)]);
  const unknown = names.find((name) => !known.has(name));
  if (unknown === undefined) return names;
  throw new InvalidArgumentError(
    `"${unknown}" is not a clause. Expected groups (${CLAUSE_GROUPS.join(', ')}) or ids such as LOCK-03; "lockstep clauses" lists them.`,
  );
}

/** The variable that can replace `--pg`. It keeps a password out of the command line. */
export const PG_VARIABLE = 'LOCKSTEP_PG';

/** Parses a name or a path. An empty text usually comes from an unset variable in a script. */
export function named(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('Expected a name, got nothing.');
}

const NAMESPACE = /^[a-z0-9_]{1,63}$/;

/** Parses `app` or `app,app_next`: the namespaces of the old and the new side. */
export function namespaces(text: string): [string, string] {
  const [old = '', other = old, ...more] = text.split(',').map((name) => name.trim());
  if (more.length === 0 && NAMESPACE.test(old) && NAMESPACE.test(other)) return [old, other];
  throw new InvalidArgumentError(
    'Expected one name, or two as OLD,NEW, each of 1 to 63 characters a-z, 0-9 or _.',
  );
}

function postgres(text: string): string {
  if (parseWhere(text) !== undefined) {
    learnSecrets(text);
    return text;
  }
  // The parser's own message would quote the value, including the password, so this error replaces it.
  const named = process.env[PG_VARIABLE] === text ? PG_VARIABLE : '--pg';
  throw new LockstepError(
    'USAGE',
    `${named}: expected ${WHERE}, but ${problemOfWhere(text)}. The value is not shown, because it may contain a password.`,
  );
}

function shard(text: string): Shard {
  const [, index, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const part = { index: Number(index), of: Number(of) };
  if (part.index >= 1 && part.index <= part.of) return part;
  throw new InvalidArgumentError('Expected a shard such as 1/4 (the first of four) to 4/4 (the last).');
}

function repeated(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text];
}

/** A repeated option adds names. Each name counts once. */
function reporters(text: string, before: readonly ReporterName[] = []): ReporterName[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !REPORTERS.includes(name as ReporterName));
  if (unknown === undefined) return [...new Set([...before, ...(names as ReporterName[])])];
  throw new InvalidArgumentError(`"${unknown}" is not a reporter. Expected ${REPORTERS.join(', ')}.`);
}

function path(text: string): string {
  if (/^\d+(:\d+)*$/.test(text)) return text;
  throw new InvalidArgumentError('Expected the path that a violation printed, such as 14:2:0.');
}

/** Not required here, because the project's configuration may name targets: see requireTargets. */
export const targetsArgument = (): Argument =>
  new Argument(
    '[targets...]',
    'memory, postgres, or paths of modules (default: the target of lockstep.config.ts)',
  );

/** Ends the command like a missing argument, if neither the command line nor the configuration names a target. */
export function requireTargets(command: Command): void {
  const [first] = command.registeredArguments;
  if (first?.name() !== 'targets' || first.required) return;
  const [named = []] = command.processedArgs as [unknown[]?];
  if (named.length === 0)
    command.error(
      "error: missing required argument 'targets': name one, or set target in lockstep.config.ts",
    );
}

export const seedOption = (): Option =>
  new Option('--seed <n>', 'repeat the run with this seed (default: random, printed)').argParser(
    wholeNumber(0, MAX_SEED),
  );
export const servicesOption = (): Option =>
  new Option(
    '--processes <n>',
    'service processes, one adapter instance each (default: 2, or 1 if instances do not share storage)',
  ).argParser(wholeNumber(1, 32));
export const processesOption = (): Option =>
  new Option('--processes <n>', 'processes for clauses that are tested across processes')
    .argParser(wholeNumber(1, 16))
    .default(2);
export const budgetOption = (): Option =>
  new Option('--budget <time>', 'time limit for the programs of one clause')
    .argParser(time({ most: DAY_S }))
    .default(DEFAULT_BUDGET_S);
export const outOption = (): Option =>
  new Option('--out <dir>', 'write the results here (default: reports/runs/<time>-<target>)').argParser(
    named,
  );
export const pgOption = (): Option =>
  new Option(
    '--pg <where>',
    `"embedded", "docker" (${DEFAULT_IMAGE}), "docker:IMAGE", or the URL of a PostgreSQL server`,
  )
    .argParser(postgres)
    .default('embedded')
    .env(PG_VARIABLE);
export const allowFaultsOption = (): Option =>
  new Option(
    ALLOW_OPTION,
    'with --pg URL: also allow faults that can harm others who use that server. Other faults need no permission',
  ).default(false);
export const timeoutOption = (): Option =>
  new Option(
    '--timeout <time>',
    'time limit for the whole command, such as 90s. Whatever is not done by then is inconclusive, and the command ends within ten more seconds',
  ).argParser(time({ most: DAY_S }));
export const thresholdOption = (): Option =>
  new Option(
    '--threshold <expr>',
    "a bound that a figure must meet, such as 'effect.p99<50ms'. Repeat the option for several. If one is not met, the status is 4",
  ).argParser(repeated);
export const historyOption = (): Option =>
  new Option(
    '--history <dir>',
    'add the figures, with a measurement of the machine, to the history in this folder; "lockstep report --history" shows it',
  ).argParser(named);
export const pathOption = (): Option =>
  new Option('--path <path>', 'with --seed and --only: repeat the failure that printed this path').argParser(
    path,
  );
export const levelOption = (): Option =>
  new Option('--level <level>', 'the level whose clauses count').choices(LEVELS);
export const shardOption = (): Option =>
  new Option(
    '--shard <i/n>',
    'with --seed: check only the i-th of n shards of the clauses. "lockstep merge" joins the shards',
  ).argParser(shard);
export const baselineOption = (): Option =>
  new Option(
    '--baseline <file>',
    'known failures, a JSON list of {"clause", "reason"}. They do not fail the run; a listed clause that is ok now does',
  );
export const updateBaselineOption = (): Option =>
  new Option(
    '--update-baseline',
    'with --baseline: update its file. Clauses that hold are removed, and violated ones are added with what was found',
  ).default(false);
export const proofOption = (): Option =>
  new Option(
    '--proof <file>',
    'the mutants.json that "lockstep mutants" of this build wrote: the certificate then states which bugs the suites caught',
  );
export const reporterOption = (): Option =>
  new Option(
    '--reporter <names>',
    `${REPORTERS.join(', ')}; separate several by commas, or repeat the option (default: terminal)`,
  ).argParser(reporters);

/** For programs: prints only the result on stdout. */
export const jsonOption = (): Option =>
  new Option('--json', 'print the result as JSON, and nothing else on stdout').conflicts('reporter');

/**
 * Makes `--json` select the reporter of that name. Commander does not let an option both imply another one and conflict
 * with it.
 */
export function applyJson(command: Command): void {
  const reporter: ReporterName[] = ['json'];
  if (command.getOptionValue('json') === true) command.setOptionValue('reporter', reporter);
}

/** A random seed. */
export function randomSeed(): number {
  return randomInt(MAX_SEED);
}
