/**
 * Fills the tables in docs/ that are generated from lists in the code, between `<!-- table: NAME -->` and `<!-- table:
 * end -->`.
 */
import type { Power } from '../../scenarios/evidence/model/power.ts';
import { FAULTS } from '../../scenarios/faults/catalog.ts';
import { MIXES } from '../../scenarios/load/mixes/index.ts';
import type { Minimums } from '../../scenarios/load/mixes/types.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { RENDERERS } from '../index.ts';
import { RUN_FILES } from '../recorded.ts';
import { REPORTERS } from '../renderers/list.ts';
import { POWER_TEXTS } from '../words/words.ts';

type Table = readonly (readonly string[])[];

const TABLES: Readonly<Record<string, () => Table>> = { faults, formats, mixes, minimums };

const SECTION = /(<!-- table: (?!end)([\w-]+) -->\n)[\s\S]*?(<!-- table: end -->)/g;

/** `page` with all its tables up to date. Throws USAGE for an unknown name. */
export function fillTables(page: string): string {
  return page.replace(SECTION, (_, begin: string, name: string, end: string) => {
    const table = TABLES[name];
    if (table === undefined)
      throw new LockstepError(
        'USAGE',
        `Expected a table (${Object.keys(TABLES).join(', ')}), got "${name}".`,
      );
    return `${begin}\n${markdownTable(table())}\n\n${end}`;
  });
}

function markdownTable([head = [], ...rows]: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [head, head.map(() => '---'), ...rows].map(line).join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

function mixes(): Table {
  return [
    ['mix', 'what it sends', 'what it is for', 'workload'],
    ...MIXES.map(({ name, summary, purpose, workload }) => [code(name), summary, purpose, code(workload)]),
  ];
}

function faults(): Table {
  const offered = {
    nothing: () => 'nothing',
    network: () => code('network'),
    fault: (name: string) => code(`faults['${name}']`),
  };
  return [
    ['fault', 'what happens', 'points', 'the target must offer'],
    ...FAULTS.map(({ name, summary, points, needs }) => [
      code(name),
      summary,
      points.join(', '),
      offered[needs](name),
    ]),
  ];
}

function formats(): Table {
  const printed: readonly string[] = REPORTERS;
  return [
    ['format', 'file', 'contents', '`--reporter`'],
    ...RENDERERS.map(({ name, file, contents }) => [
      code(name),
      file === undefined ? '' : code(file(RUN_FILES)),
      contents,
      printed.includes(name) ? 'prints it' : '',
    ]),
  ];
}

function minimums(): Table {
  return [
    ['mix', 'pairs for one stream at once', 'streams with such a pair', 'other'],
    ...MIXES.map(({ name, minimums: { attempts = 0, contendedStreams = 0, ...others } }) => [
      code(name),
      String(attempts),
      String(contendedStreams),
      otherMinimums(others),
    ]),
  ];
}

function otherMinimums(others: Omit<Minimums, 'attempts' | 'contendedStreams'>): string {
  return Object.entries(others)
    .map(([name, least]) => `${least} ${POWER_TEXTS[name as keyof Power]}`)
    .join('; ');
}
