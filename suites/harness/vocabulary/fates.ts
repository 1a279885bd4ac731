/** What happens to a stored row while somebody reads the lists that contain it. */
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import type { Scope, Subject } from '../engine/property.ts';
import type { CaseRow, Table } from '../cases/tables.ts';
import { entriesFor, type Vocabulary } from './vocabulary.ts';

export interface RowFate {
  /** A predicate for messages, after the name of the row: `was removed`. */
  readonly words: string;
  /** The steps, in order. Undefined: rows of this table cannot change in this way. */
  steps(table: Table, row: CaseRow, scope: Scope): readonly CallStep[] | undefined;
  /** Set if the row can then be at another place of a list, so that a reader may see it twice or never. */
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

/** The names of the possible changes to the table's rows. */
export function fatesOf(table: Table, subject: Pick<Subject, 'omitted'>): string[] {
  return entriesFor(FATES, subject)
    .filter(([, fate]) => fate.steps(table, ROW, NOWHERE) !== undefined)
    .map(([name]) => name);
}

export function fateNamed(name: string): RowFate {
  return FATES.entries[name] as RowFate;
}
