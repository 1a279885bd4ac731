/**
 * One id in two stores, as of a store that keeps all of its records in one table: each record is its own. And ids that every
 * object of JavaScript has as members, as of a store that is a plain object.
 */
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { planned, type Planned } from '../cases/plan.ts';
import { answers, type ListedProgram } from './listedPrograms.ts';
import { marksIn, SHELVES, type Shelf } from './shelves.ts';

const MARK = 'of the ';

function reads(shelf: Shelf, id: string, shown: string | undefined, what: string): Planned[] {
  return shelf.reads(id, id).map((step: CallStep) =>
    planned(
      step,
      answers(shown, what, (value) => marksIn(shelf, step, value)[0]),
    ),
  );
}

function stored(shelf: Shelf, id: string): Planned {
  return planned(shelf.create(id, id, MARK + shelf.noun));
}

function programOf(first: Shelf, second: Shelf): ListedProgram {
  return {
    what: `one id for a record of ${first.table} and for one of ${second.table}`,
    needs: [first.surface, second.surface],
    plan: (scope) => {
      const id = scope.id('one');
      const both = `a record of ${first.table} and one of ${second.table} have that id`;
      return [
        stored(first, id),
        stored(second, id),
        ...[first, second].flatMap((shelf) => reads(shelf, id, MARK + shelf.noun, both)),
        ...(first.remove === undefined ? [] : [planned(first.remove(id), answers(true, both))]),
        ...reads(second, id, MARK + second.noun, `it was stored, whatever became of that of ${first.table}`),
        ...(second.remove === undefined ? [] : [planned(second.remove(id), answers(true, both))]),
      ];
    },
  };
}

/** Each store with each other one. */
export const SAME_IDS: readonly ListedProgram[] = SHELVES.flatMap((first, index) =>
  SHELVES.slice(index + 1).map((second) => programOf(first, second)),
);

/** A key of a token may hold them, too. */
const MEMBERS = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then'];

/** Each store with ids that objects have as members. */
export const IDS_OF_MEMBERS: readonly ListedProgram[] = SHELVES.map((shelf) => ({
  what: `ids that every object has as members, of records of ${shelf.table}`,
  needs: [shelf.surface],
  ids: MEMBERS,
  plan: () =>
    MEMBERS.flatMap((id) => [
      ...reads(shelf, id, undefined, 'no record has that id'),
      stored(shelf, id),
      ...reads(shelf, id, MARK + shelf.noun, 'it was stored'),
      ...(shelf.remove === undefined ? [] : [planned(shelf.remove(id), answers(true, 'it was stored'))]),
    ]),
}));
