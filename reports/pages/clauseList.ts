/** The clause list as text, JSON and the Markdown table of CONTRACT.md. */
import { CLAUSE_GROUPS, CLAUSES, type Clause, type ClauseGroup } from '../../adapters/contract/index.ts';
import type { ClauseListFormat } from '../formats.ts';

/** The column at which a clause's text begins. */
const INDENT = 26;

/** Renders the whole list. `executable`: the ids of clauses that this version can check. */
type ClauseListRenderer = (executable: ReadonlySet<string>) => string;

export const CLAUSE_LIST_RENDERERS: Readonly<Record<ClauseListFormat, ClauseListRenderer>> = {
  text: (executable) => CLAUSES.map((clause) => textOf(clause, executable)).join('\n'),
  json: (executable) =>
    JSON.stringify(
      CLAUSES.map((clause) => ({ ...clause, executable: executable.has(clause.id) })),
      null,
      2,
    ),
  markdown: (executable) => CLAUSE_GROUPS.map((group) => markdownOf(group, executable)).join('\n\n'),
};

function textOf(clause: Clause, executable: ReadonlySet<string>): string {
  const head = `${clause.id.padEnd(10)} ${clause.level.padEnd(INDENT - 12)} ${clause.text}`;
  const needs = needsOf(clause);
  const notes = [
    needs === '' ? '' : `needs ${needs}`,
    executable.has(clause.id) ? '' : 'no check in this version',
  ];
  const second = notes.filter((note) => note !== '').join('; ');
  return second === '' ? head : `${head}\n${' '.repeat(INDENT)}${second}`;
}

export const GROUP_TITLES: Readonly<Record<ClauseGroup, string>> = {
  LOCK: 'Locks',
  STREAM: 'Streams',
  ACT: 'Activity',
  CUR: 'Cursors, for every list',
  IDEM: 'Idempotency',
  EXP: 'Exports',
  AUD: 'Export audit',
  TX: 'Transactions',
  X: 'Across instances',
  ERR: 'Errors',
  LIFE: 'Life cycle',
  MIG: 'Moving to another storage',
};

function markdownOf(group: ClauseGroup, executable: ReadonlySet<string>): string {
  const rows = CLAUSES.filter((clause) => clause.group === group).map((clause) => {
    const where = [clause.multiProcess ? 'across instances' : '', clause.fault ? 'with a fault' : ''];
    const tested = executable.has(clause.id)
      ? where.filter((one) => one !== '').join(', ') || 'yes'
      : 'not yet';
    return `| ${clause.id} | ${cell(clause.text)} | ${needsOf(clause)} | ${clause.level} | ${tested} |`;
  });
  return [
    `### ${group}: ${GROUP_TITLES[group]}`,
    '',
    '| id | what must hold | needs | level | tested |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function needsOf(clause: Clause): string {
  return [...clause.surfaces, ...clause.capabilities].join(' ');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
