/** Applies the settings of the project's file to a command. The command line and the environment take precedence. */
import type { Command, Option } from 'commander';
import { isObject, kindOf, readConfig, wrong } from './read.ts';

/** The sections, by the command to which they apply. */
const SECTIONS: readonly string[] = ['certify', 'load'];
const KEYS = ['target', 'pg', ...SECTIONS];
const TAKE_TARGETS = ['certify', 'load', 'stress'];
const TAKE_SERVER = [...TAKE_TARGETS, 'compare'];
/** Options that only make sense for a single run, and settings that are outside the sections. */
const NOT_SET_HERE = ['path', 'shard', 'json', 'pg', 'updateBaseline'];
/** On the command line the second one overrides the first one. In the file, only one of them may be set. */
const EXCLUSIVE = [
  ['duration', 'operations'],
  ['operations', 'duration'],
  ['fault', 'operations'],
  ['operations', 'fault'],
  ['reporter', 'json'],
];

/** Reads the file and applies it to `command`, before its action. Rejects with USAGE. */
export async function applyConfig(command: Command, cwd: string, file: string): Promise<void> {
  const config = await readConfig(cwd, file);
  checkKeys(file, '', config, KEYS);
  const siblings = command.parent?.commands ?? [];
  for (const name of SECTIONS) {
    const owner = siblings.find((one) => one.name() === name);
    if (owner === undefined || config[name] === undefined) continue;
    const values = parsedSection(file, owner, config[name]);
    if (owner === command) applyValues(command, values);
  }
  if (config['pg'] !== undefined && TAKE_SERVER.includes(command.name())) {
    const option = optionsOf(command).find((one) => one.attributeName() === 'pg');
    if (option !== undefined)
      applyValues(command, new Map([['pg', parsed(file, 'pg', option, config['pg'])]]));
  }
  const targets = targetsIn(file, config['target']);
  const [given] = command.processedArgs as [readonly string[] | undefined];
  if (TAKE_TARGETS.includes(command.name()) && (given ?? []).length === 0 && targets.length > 0)
    command.processedArgs[0] = targets;
}

/** The settings that a section for `command` may have. */
export function settingsOf(command: Command): string[] {
  return optionsOf(command)
    .map((option) => option.attributeName())
    .filter((name) => !NOT_SET_HERE.includes(name));
}

/** The values of a section, parsed like the options. */
function parsedSection(file: string, command: Command, section: unknown): ReadonlyMap<string, unknown> {
  const name = command.name();
  if (!isObject(section))
    throw wrong(file, `${name}: expected an object of settings, got ${kindOf(section)}`);
  checkKeys(file, `${name}.`, section, settingsOf(command));
  const set = Object.keys(section).filter((key) => section[key] !== undefined);
  const both = EXCLUSIVE.find(([one, other]) => set.includes(one as string) && set.includes(other as string));
  if (both !== undefined) throw wrong(file, `${name}: expected ${both.join(' or ')}, got both`);
  return new Map(
    optionsOf(command)
      .filter((option) => set.includes(option.attributeName()))
      .map((option) => {
        const key = option.attributeName();
        return [key, parsed(file, `${name}.${key}`, option, section[key])];
      }),
  );
}

function checkKeys(file: string, before: string, object: object, known: readonly string[]): void {
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw wrong(file, `there is no setting ${before}${unknown}. Expected ${known.join(', ')}`);
}

function parsed(file: string, name: string, option: Option, value: unknown): unknown {
  if (option.isBoolean() || option.negate) {
    if (typeof value === 'boolean') return value;
    throw wrong(file, `${name}: expected true or false, got ${kindOf(value)}`);
  }
  const texts = (Array.isArray(value) ? value : [value]).map((one: unknown) => {
    if (typeof one === 'string' || typeof one === 'number') return String(one);
    throw wrong(file, `${name}: expected a text or a number, got ${kindOf(one)}`);
  });
  // An option that may be repeated gets its texts one by one. Any other option gets a list with commas.
  const given = name.endsWith('.threshold') ? texts : [texts.join(',')];
  try {
    return given.reduce<unknown>(
      (before, text) => option.parseArg?.(text, before as string) ?? text,
      undefined,
    );
  } catch (cause) {
    const said = (cause as Error).message.replace(/^--\S+: /, '').replace(/\.$/, '');
    throw wrong(file, `${name}: ${said}`, cause);
  }
}

function applyValues(command: Command, values: ReadonlyMap<string, unknown>): void {
  const isGiven = (key: string): boolean =>
    !['default', undefined].includes(command.getOptionValueSource(key));
  for (const [key, value] of values) {
    const others = EXCLUSIVE.filter(([one]) => one === key).map(([, other]) => other as string);
    if (!isGiven(key) && !others.some(isGiven)) command.setOptionValueWithSource(key, value, 'config');
  }
}

function optionsOf(command: Command): readonly Option[] {
  return command.options;
}

function targetsIn(file: string, target: unknown): string[] {
  const targets: unknown[] = target === undefined ? [] : Array.isArray(target) ? target : [target];
  const isOne = (one: unknown): one is string => typeof one === 'string' && one !== '';
  if (targets.every(isOne)) return targets;
  throw wrong(
    file,
    `target: expected the path of a module or a list of them, got ${kindOf(targets.find((one) => !isOne(one)))}`,
  );
}
