/** An id is used again under another parent: for an event of another stream, or an audit record of another export. */
import fc from 'fast-check';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import { inView } from '../cases/generate.ts';
import { codeOf, observed, valueOf, whoOf } from '../judging/observe.ts';
import type { Failure, Scope, Subject, TrialRun } from '../engine/property.ts';
import { isRetryable } from '../cases/refusals.ts';
import type { Table } from '../cases/tables.ts';
import type { Part } from './joined.ts';
import { marksIn, shelfOf, type Shelf } from './shelves.ts';

interface Case {
  /** Whether the second record is stored through the view of a section. */
  readonly inSection: boolean;
}

const MARKS = ['the first', 'the second'] as const;

/** The second record must fail with ALREADY_EXISTS. The first one must stay unchanged, under its parent. */
export function otherParent(table: Table['name']): Part<Case> {
  const shelf = shelfOf(table);
  const sections = ({ surfaces }: Subject): boolean[] =>
    surfaces.includes('locks') ? [false, true] : [false];
  return {
    applies: ({ surfaces }) => surfaces.includes(shelf.surface),
    arbitrary: (subject) => fc.record({ inSection: fc.constantFrom(...sections(subject)) }),
    examples: (subject) => sections(subject).map((inSection) => ({ inSection })),
    situations: (subject) =>
      sections(subject).map((inSection) => ({
        name: `the id of one ${shelf.noun} used again for another ${shelf.parent}${inSection ? ', in a section' : ''}`,
        occurred: ({ input, main }) => input.inSection === inSection && main.records.length > 1,
      })),
    trial: ({ inSection }, scope) => {
      const [id, parents] = idsOf(scope);
      const [first, second] = MARKS.map((mark, index) => shelf.create(id, parents[index] ?? '', mark));
      if (first === undefined || second === undefined) throw new RangeError('Expected two records.');
      return {
        actors: [
          {
            instance: 0,
            steps: [
              first,
              ...(inSection ? inView(scope.id('lock'), [second]) : [second]),
              ...parents.flatMap((parent) => shelf.reads(id, parent)),
            ],
          },
        ],
      };
    },
    judge: (run) => accepted(shelf, run) ?? misplaced(shelf, run),
  };
}

function accepted(shelf: Shelf, run: TrialRun<Case>): Failure | undefined {
  const [first, ...rest] = observed(run).map(({ record }) => record);
  if (first === undefined || first.outcome.status === 'error') return undefined;
  const ends = run.input.inSection ? rest.slice(0, 3) : rest.slice(0, 1);
  const codes = ends.map((record) => codeOf(record)).filter((code) => code !== undefined);
  if (codes.length > 0 && codes.every((code) => code === 'ALREADY_EXISTS' || isRetryable(code)))
    return undefined;
  const [record] = ends.filter((one) => codeOf(one) !== undefined);
  return {
    summary: `The id of one ${shelf.noun} was used again for another ${shelf.parent}, and that ${codes.length === 0 ? 'succeeded' : `failed with ${codes[0]}`}.`,
    expected: 'ALREADY_EXISTS: an id is one record, whatever it belongs to',
    actual: codes[0] ?? 'success',
    marked: record === undefined ? ends.slice(0, 1) : [record],
  };
}

function misplaced(shelf: Shelf, run: TrialRun<Case>): Failure | undefined {
  const [id, parents] = idsOf(run.scope);
  const reads = parents.map((parent) => shelf.reads(id, parent).map((step) => JSON.stringify(step)));
  for (const { step, record } of observed(run)) {
    const owner = reads.findIndex((own) => own.includes(JSON.stringify(step)));
    if (step.do !== 'call' || owner < 0 || record.outcome.status === 'error') continue;
    // A read by id finds the record with either parent.
    const isFirst = owner === 0 || reads[0]?.includes(JSON.stringify(step)) === true;
    const marks = marksIn(shelf, step, valueOf(record));
    const expected = isFirst ? [MARKS[0]] : [];
    if (marks.length === expected.length && marks[0] === expected[0]) continue;
    return moved(shelf, record, isFirst, marks);
  }
  return undefined;
}

function moved(shelf: Shelf, record: StepRecord, isFirst: boolean, marks: readonly unknown[]): Failure {
  return {
    summary: `After its id was used again for another ${shelf.parent}, the ${shelf.noun} is not what and where it was (${whoOf(record)}).`,
    expected: isFirst
      ? `the first ${shelf.noun}, unchanged`
      : `no ${shelf.noun} of the other ${shelf.parent}`,
    actual: marks.length === 0 ? 'nothing' : marks.map(String).join(', '),
    marked: [record],
  };
}

function idsOf(scope: Scope): readonly [id: string, parents: readonly string[]] {
  return [scope.id('one'), [scope.id('home'), scope.id('elsewhere')]];
}
