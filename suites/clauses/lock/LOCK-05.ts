import fc from 'fast-check';
import { defined } from '../../../adapters/contract/defined.ts';
import { enter, leave } from '../../harness/cases/generate.ts';
import { codeOf, observed, whoOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Situation,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { overdue, overdueFailure, scripted, turn } from '../../harness/cases/script.ts';
import {
  COLLISIONS,
  COLLISIONS_ANYWHERE,
  collisionsIn,
  type Pair,
} from '../../harness/vocabulary/collisions.ts';
import { takes } from '../../harness/engine/scope.ts';
import { formsOf, similarIds } from '../../harness/vocabulary/ids.ts';
import { chunks } from '../../harness/engine/chunks.ts';

/** One id is held while the others are entered one after another. */
interface Round {
  readonly held: string;
  readonly others: readonly string[];
}

/** Enough that ids which are reduced to a hundred keys collide within a hundred trials, and few enough to be fast. */
const MAX_OTHERS = 6;
/** How many pairs one example covers. */
const PAIRS_PER_EXAMPLE = 40;

/**
 * One actor holds an id while another enters and leaves similar ids, one after another. Each must be granted while
 * the first id is held: the holder stays until then, so a shared key shows as an endless wait. All ids of the
 * vocabulary are held in turn. Generated cases add ids that have nothing in common.
 */
export const LOCK_05: AnyProperty = property<readonly Round[]>({
  clause: 'LOCK-05',
  schedules: 'free',
  arbitrary: (subject) =>
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc
          .uniqueArray(anyId(subject), { minLength: 2, maxLength: MAX_OTHERS + 1, size: 'max' })
          .map((ids) => [round(ids)]),
      },
      // Rounds of any content, to which examples can shrink.
      { weight: 1, arbitrary: rounds(subject) },
    ),
  examples: (subject) => [
    ...groupsFor(subject).map(([, ids]) => inTurn(ids)),
    ...chunks([...pairs(COLLISIONS, subject), ...pairs(COLLISIONS_ANYWHERE, subject)], PAIRS_PER_EXAMPLE),
  ],
  situations: situationsFor,
  // Ids are used unchanged, because a prefix would hide their similarity. Nothing is stored under them.
  trial: (rounds) => ({
    ...scripted(
      rounds.flatMap((one) => [
        turn(0, enter(one.held)),
        ...askedFor(one).flatMap((id) => [turn(1, enter(id)), turn(1, leave)]),
        turn(0, leave),
      ]),
      [0, 0],
    ),
    patienceMs: 2_000,
  }),
  judge: (run) => blocked(run) ?? failed(run),
  exercised: ({ main }) => main.records.filter(({ outcome }) => outcome.status === 'ok').length > 2,
});

/** Groups of similar ids that the adapter accepts, with their names. */
function groupsFor(subject: Pick<Subject, 'omitted' | 'idSpace'>): ReturnType<typeof similarIds> {
  const { idSpace } = subject;
  const groups = similarIds(subject, (id) => takes(subject, id));
  if (idSpace === undefined) return groups;
  return [...groups, ['forms of one id', formsOf(idSpace.of('similar'), idSpace)]];
}

function situationsFor({ idSpace }: Subject): readonly Situation<readonly Round[]>[] {
  const whole = defined({ idSpace });
  const hashes = new Map<string, Pair[]>();
  for (const table of [COLLISIONS, COLLISIONS_ANYWHERE])
    for (const [hash, pair] of collisionsIn(table, {}, (id) => takes(whole, id)))
      hashes.set(hash, [...(hashes.get(hash) ?? []), pair]);
  return [
    ...groupsFor(whole).map(([name, ids]) => situation(`similar ids (${name})`, [ids])),
    ...[...hashes].map(([hash, all]) => situation(`two ids with one hash (${hash})`, all)),
  ];
}

/** In each of these groups, every id was held while every other id was requested. */
function situation(name: string, groups: readonly (readonly string[])[]): Situation<readonly Round[]> {
  const wanted = groups.map(([held = '', ...others]) => ({ held, other: others.at(-1) ?? '' }));
  return {
    name,
    occurred: ({ input, main }) =>
      main.records.length > 0 &&
      wanted.some(({ held, other }) => input.some((one) => one.held === held && one.others.includes(other))),
  };
}

/** Printable characters, including those beyond ASCII. */
const codeUnit = fc
  .oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0xa1, max: 0x24f }))
  .map((unit) => String.fromCharCode(unit));

function anyId({ idSpace }: Subject): fc.Arbitrary<string> {
  const plain = fc.nat({ max: 1_000_000 }).map((number) => `stream_${number}`);
  if (idSpace !== undefined) return plain.map((name) => idSpace.of(name));
  return fc.oneof(plain, fc.uuid(), fc.string({ minLength: 1, maxLength: 12, unit: codeUnit }));
}

function rounds(subject: Subject): fc.Arbitrary<readonly Round[]> {
  const tables = [COLLISIONS, COLLISIONS_ANYWHERE];
  const known = [
    ...groupsFor(subject).flatMap(([, ids]) => ids),
    ...tables.flatMap((table) => pairs(table, subject).flatMap(({ held, others }) => [held, ...others])),
  ];
  const id = fc.constantFrom(...new Set(known));
  const others = fc.uniqueArray(id, { minLength: 1, maxLength: MAX_GROUP, size: 'xsmall' });
  return fc.array(fc.record({ held: id, others }), {
    minLength: 1,
    maxLength: PAIRS_PER_EXAMPLE,
    size: 'xsmall',
  });
}

/** No group of similar ids is larger. */
const MAX_GROUP = 20;

/** Each id is held while all others are requested. */
function inTurn(ids: readonly string[]): readonly Round[] {
  return ids.map((held) => ({ held, others: ids.filter((id) => id !== held) }));
}

function pairs(vocabulary: typeof COLLISIONS, subject: Subject): Round[] {
  return collisionsIn(vocabulary, subject, (id) => takes(subject, id)).map(([, pair]) => round(pair));
}

function round([held = '', ...others]: readonly string[]): Round {
  return { held, others };
}

function blocked(run: TrialRun<readonly Round[]>): Failure | undefined {
  const late = overdue(run);
  const failure = overdueFailure(run, 'two ids that are not equal, code unit by code unit, are two locks');
  if (late === undefined || failure === undefined) return undefined;
  const { trial } = run;
  const step = trial.actors[late.actor]?.steps[late.step];
  const id = step?.do === 'enter' ? step.stream : '';
  return {
    ...failure,
    summary: `While the lock of ${named(heldBeside(run, late.step))} was held, the lock of ${named(id)} could not be acquired.`,
    actual: `the second lock was granted only after the first was released, or never: it waited ${trial.patienceMs} ms`,
  };
}

/** After shrinking, the held id may be among the others. */
function askedFor({ held, others }: Round): readonly string[] {
  return others.filter((id) => id !== held);
}

/** The id that was held when the second actor took this step. Each id takes two steps: enter and leave. */
function heldBeside({ input }: TrialRun<readonly Round[]>, step: number): string {
  const visits = input.flatMap((one) => askedFor(one).map(() => one.held));
  return visits[Math.floor(step / 2)] ?? '';
}

/** An id that cannot be locked at all may be refused. */
function failed(run: TrialRun<readonly Round[]>): Failure | undefined {
  for (const { step, record } of observed(run)) {
    const code = codeOf(record);
    if (step.do !== 'enter' || code === undefined || code === 'INVALID_RECORD') continue;
    const beside =
      record.actor === 0
        ? 'While no lock was held'
        : `While the lock of ${named(heldBeside(run, record.step))} was held`;
    return {
      summary: `${beside}, asking for the lock of ${named(step.stream)} (${whoOf(record)}) failed with ${code}.`,
      expected: 'the lock, because the ids differ; or INVALID_RECORD for an id that cannot be locked',
      actual: code,
      marked: [record],
    };
  }
  return undefined;
}

/** The id in a visible form: everything except printable ASCII is escaped. */
function named(id: string): string {
  const shown = JSON.stringify(id).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return shown.length <= 80 ? shown : `${shown.slice(0, 40)}…${shown.slice(-20)} (${id.length} code units)`;
}
