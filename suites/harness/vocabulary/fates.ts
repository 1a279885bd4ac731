/** What becomes of a stored row while somebody reads the lists that it is in. */
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import type { Scope, Subject } from '../engine/property.ts';
import type { CaseRow, Table } from '../cases/tables.ts';
import { entriesFor, type Vocabulary } from './vocabulary.ts';

export interface RowFate {
  /** For messages, behind the row's name: `was removed`. */
  readonly words: string;
  /** In order; undefined: rows of this table are not changed so. */
  steps(table: Table, row: CaseRow, scope: Scope): readonly CallStep[] | undefined;
  /** Whether it may then stand elsewhere in a list, so that a reader may see it twice or not at all. */
  readonly moves?: true;
}

export const FATES: Vocabulary<RowFate> = {
  name: 'fates of rows',
  entries: {
    removed: {
      words: 'was removed',
      steps: (table, row, scope) => (table.remove === undefined ? undefined : [table.remove(row, scope)]),
    },
    changed: {
      words: 'was changed in what no list sorts or selects by',
      steps: (table, row, scope) => (table.change === undefined ? undefined : [table.change(row, scope)]),
    },
    left: {
      words: 'was changed so that it left the list',
      steps: (table, row, scope) => (table.leave === undefined ? undefined : [table.leave(row, scope)]),
    },
    moved: {
      words: 'was given another time, by which lists sort',
      steps: (table, row, scope) => (table.move === undefined ? undefined : [table.move(row, scope)]),
      moves: true,
    },
    again: {
      words: 'was removed and stored again',
      steps: (table, row, scope) =>
        table.remove === undefined ? undefined : [table.remove(row, scope), table.create(row, scope)],
    },
  },
};

const ROW: CaseRow = { key: 'a', at: 0 };
const NOWHERE: Scope = { id: (name) => name, asIs: (name) => name, name: String, number: 1 };

/** The names of what can become of the table's rows. */
export function fatesOf(table: Table, subject: Pick<Subject, 'omitted'>): string[] {
  return entriesFor(FATES, subject)
    .filter(([, fate]) => fate.steps(table, ROW, NOWHERE) !== undefined)
    .map(([name]) => name);
}

export function fateNamed(name: string): RowFate {
  return FATES.entries[name] as RowFate;
}
