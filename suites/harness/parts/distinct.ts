/**
 * Records with very similar ids, stored next to each other. Each must be read as it was stored, and must survive the
 * removal of others.
 */
import fc from 'fast-check';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { codeOf, valueOf, whoOf } from '../judging/observe.ts';
import type { Failure, Scope, Subject, TrialRun } from '../engine/property.ts';
import { literal } from '../judging/same.ts';
import { tableNamed } from '../cases/listCase.ts';
import { takesInTrials } from '../engine/scope.ts';
import type { Table } from '../cases/tables.ts';
import { collisionsIn, COLLISIONS_ANYWHERE } from '../vocabulary/collisions.ts';
import { FNV_PAIRS, fnvPairBehind } from '../vocabulary/fnvPairs.ts';
import { formsOf, isKey, similarIds } from '../vocabulary/ids.ts';
import type { Part } from './joined.ts';
import { marksIn, shelfOf, type Shelf } from './shelves.ts';

interface Case {
  readonly table: Table['name'];
  readonly ids: readonly string[];
}

/** The number of records in one example. */
const PER_EXAMPLE = 40;
/**
 * Ids that are too long for the index keys of most databases. The trial makes them even longer, to make them unique.
 */
const HUGE = [16_384, 65_536].flatMap((length) => ['a', 'b'].map((end) => `${'x'.repeat(length - 1)}${end}`));

/** Distinct records of these tables. */
export function distinctRecords(...tables: readonly Table['name'][]): Part<Case> {
  const shelves = (subject: Subject): Shelf[] =>
    tables.map(shelfOf).filter(({ surface }) => subject.surfaces.includes(surface));
  return {
    applies: (subject) => shelves(subject).length > 0,
    arbitrary: (subject) =>
      fc.oneof(
        ...shelves(subject).map(({ table }) =>
          fc.record({
            table: fc.constant(table),
            ids: fc.uniqueArray(fc.constantFrom(...groupsFor(table, subject).flat()), {
              maxLength: PER_EXAMPLE,
            }),
          }),
        ),
      ),
    examples: (subject) => shelves(subject).flatMap(({ table }) => examplesOf(table, subject)),
    situations: (subject) =>
      shelves(subject).map(({ table, noun }) => ({
        name: `${noun}s with similar ids side by side`,
        occurred: ({ input, main }) =>
          input.table === table &&
          input.ids.length > 1 &&
          main.records.filter(({ outcome }) => outcome.status === 'ok').length > 1,
      })),
    trial: (input, scope, subject) => ({
      actors: [{ instance: 0, steps: planOf(input, scope, subject).map(({ step }) => step) }],
      leavesOtherIds: input.ids.some((id) => id.startsWith(FORM)),
    }),
    judge: mistaken,
  };
}

/** Each group of ids stays in one example. */
function examplesOf(table: Table['name'], subject: Subject): Case[] {
  const examples: string[][] = [[]];
  for (const group of groupsFor(table, subject)) {
    const last = examples.at(-1) as string[];
    if (last.length + group.length <= PER_EXAMPLE) last.push(...group);
    else examples.push([...group]);
  }
  return examples.map((ids) => ({ table, ids: [...new Set(ids)] }));
}

/**
 * Groups of ids that belong together. The clause about locks draws from the same groups, and checks that every group is
 * drawn.
 */
function groupsFor(table: Table['name'], subject: Subject): readonly (readonly string[])[] {
  const { asciiIds } = tableNamed(table);
  const takes = (id: string): boolean => (asciiIds ? isKey(id) : takesInTrials(subject, id));
  const pairs = collisionsIn(COLLISIONS_ANYWHERE, {}, takes).flatMap(([hash, pair]) =>
    hash.startsWith('FNV') ? [] : [pair],
  );
  const prefixes = FNV_PAIRS.flat().every(takes) ? ['', `${table}:`, `${table}/`] : [];
  const { idSpace } = subject;
  const forms = asciiIds || idSpace === undefined ? [] : formsOf(idSpace.of('similar'), idSpace);
  return [
    ...similarIds({}, takes).map(([, ids]) => ids),
    ...pairs,
    ...prefixes.map((prefix) => [`${FNV}${prefix}${FIRST}`, `${FNV}${prefix}${SECOND}`]),
    ...(asciiIds ? [] : [HUGE.filter(takes)]),
    forms.map((_, index) => `${FORM}${index}`),
  ].filter((group) => group.length > 1);
}

/** A placeholder, followed by a number: the form with that number of an id that the adapter accepts. */
const FORM = 'form\u0000';

/**
 * A placeholder for two ids that FNV hashes to the same value, after this prefix and what makes ids unique to a trial.
 */
const FNV = 'fnv\u0000';
const FIRST = '#1';
const SECOND = '#2';

function idIn(scope: Scope, id: string, { idSpace }: Subject): string {
  if (idSpace !== undefined && id.startsWith(FORM)) {
    const own = scope.id('similar');
    return formsOf(own, idSpace)[Number(id.slice(FORM.length))] ?? own;
  }
  if (!id.startsWith(FNV)) return scope.asIs(id);
  const pair = fnvPairBehind(id.slice(FNV.length, -FIRST.length) + scope.asIs(''));
  return scope.asIs(id.endsWith(FIRST) ? pair[0] : pair[1]);
}

interface Planned {
  readonly step: CallStep;
  readonly id: string;
  readonly does: 'store' | 'read' | 'remove' | 'read again';
}

/** Stores all records and reads them. Then removes every other one, if records can be removed, and reads all again. */
function planOf({ table, ids: all }: Case, scope: Scope, subject: Subject): Planned[] {
  const shelf = shelfOf(table);
  // The pair for two prefixes may be the same.
  const owned = all.map((id) => idIn(scope, id, subject));
  const ids = all.filter((_, index) => owned.indexOf(owned[index] ?? '') === index);
  const reading = (does: Planned['does']): Planned[] =>
    ids.flatMap((id) => {
      const own = idIn(scope, id, subject);
      return shelf.reads(own, own).map((step) => ({ step, id, does }));
    });
  const stored = ids.map((id): Planned => {
    const own = idIn(scope, id, subject);
    return { step: shelf.create(own, own, markOf(all, id)), id, does: 'store' };
  });
  const removed = ids.flatMap((id, index): Planned[] => {
    const step = index % 2 === 0 ? shelf.remove?.(idIn(scope, id, subject)) : undefined;
    return step === undefined ? [] : [{ step, id, does: 'remove' }];
  });
  if (removed.length === 0) return [...stored, ...reading('read')];
  return [...stored, ...reading('read'), ...removed, ...reading('read again')];
}

function markOf(ids: readonly string[], id: string): string {
  return `record ${ids.indexOf(id) + 1}`;
}

function mistaken(run: TrialRun<Case>): Failure | undefined {
  const { input, main, scope, subject } = run;
  const plan = planOf(input, scope, subject);
  const there = new Set<string>();
  for (const record of [...main.records].sort((a, b) => a.step - b.step)) {
    const planned = plan[record.step];
    if (planned === undefined || record.outcome.status === 'skipped') continue;
    const failure = wrongStep(run, planned, record, there);
    if (failure !== undefined) return failure;
    if (planned.does === 'store' && record.outcome.status === 'ok') there.add(planned.id);
    if (planned.does === 'remove' && record.outcome.status === 'ok') there.delete(planned.id);
  }
  return undefined;
}

/** `there`: the ids that are stored so far. An id may be refused. */
function wrongStep(
  { input, scope, subject }: TrialRun<Case>,
  { step, id, does }: Planned,
  record: StepRecord,
  there: ReadonlySet<string>,
): Failure | undefined {
  const shelf = shelfOf(input.table);
  const about = `the ${shelf.noun} ${literal(shownId(scope, id, subject))}`;
  const code = codeOf(record);
  if (code === 'INVALID_RECORD' && !there.has(id)) return undefined;
  // Whether a store can remove records is for another clause to judge.
  if (does === 'remove' && code === 'UNSUPPORTED') return undefined;
  if (code !== undefined) {
    const verb = does === 'store' ? 'Storing' : does === 'remove' ? 'Removing' : 'Reading';
    return {
      summary: `${verb} ${about} together with records of similar ids failed with ${code} (${whoOf(record)}).`,
      expected:
        'ids that are not equal, code unit by code unit, are other records; or INVALID_RECORD for an id that cannot be stored',
      actual: code,
      marked: [record],
    };
  }
  if (does === 'store' || does === 'remove') return undefined;
  const marks = marksIn(shelf, step, valueOf(record));
  const expected = there.has(id) ? [markOf(input.ids, id)] : [];
  if (marks.length === expected.length && marks[0] === expected[0]) return undefined;
  const others = marks.filter((mark) => mark !== expected[0]);
  const other = input.ids.find((one) => markOf(input.ids, one) === others[0]);
  return {
    summary:
      other === undefined
        ? `Reading ${about} showed ${marks.length} records${does === 'read again' ? ', after others with similar ids were removed' : ''}.`
        : `Reading ${about} showed another, ${literal(shownId(scope, other, subject))}: the ids are taken for one.`,
    expected:
      expected.length === 0
        ? 'nothing: it is not stored'
        : `the one ${shelf.noun} that was stored with this id`,
    actual: marks.length === 0 ? 'nothing' : marks.map(literal).join(', '),
    marked: [record],
  };
}

function shownId(scope: Scope, id: string, subject: Subject): string {
  return scope.name(idIn(scope, id, subject));
}
