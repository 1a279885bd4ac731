import fc from 'fast-check';
import { enter, leave } from '../../harness/generate.ts';
import { codeOf, observed, whoOf } from '../../harness/observe.ts';
import { property, type AnyProperty, type Failure, type TrialRun } from '../../harness/property.ts';
import { act, overdue, scripted } from '../../harness/script.ts';
import { COLLIDING_IDS, SIMILAR_IDS } from '../../harness/similarIds.ts';

/** One id is held, and the others are entered one after another meanwhile. */
interface Round {
  readonly held: string;
  readonly others: readonly string[];
}

/** Enough for keys of a hundred values to meet in a hundred trials, few enough to be quick. */
const MAX_OTHERS = 14;

/**
 * One actor holds an id while another enters ids that are like it, one after another, and leaves them again. Each must
 * be had while the first is held: the holder stays until then, so that a shared key shows as a wait without end.
 */
export const LOCK_05: AnyProperty = property<readonly Round[]>({
  clause: 'LOCK-05',
  schedules: 'free',
  arbitrary: () =>
    fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...GROUPS).chain(alike) },
      { weight: 2, arbitrary: mostOf(Object.values(COLLIDING_IDS)).map((pairs) => pairs.map(round)) },
      {
        weight: 2,
        arbitrary: fc
          .uniqueArray(anyId, { minLength: 2, maxLength: MAX_OTHERS + 1, size: 'max' })
          .map((ids) => [round(ids)]),
      },
    ),
  // The ids are taken as they are: a prefix would hide what makes them alike, and nothing is stored under them.
  trial: (rounds) => ({
    ...scripted(
      rounds.flatMap(({ held, others }) => [
        act(0, enter(held)),
        ...others.flatMap((id) => [act(1, enter(id)), act(1, leave)]),
        act(0, leave),
      ]),
      [0, 0],
    ),
    patienceMs: 2_000,
  }),
  judge: (run) => blocked(run) ?? failed(run),
  exercised: ({ main }) => main.records.filter(({ outcome }) => outcome.status === 'ok').length > 2,
});

const GROUPS = Object.values(SIMILAR_IDS);

/** Printable, beyond ASCII too. */
const codeUnit = fc
  .oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0xa1, max: 0x24f }))
  .map((unit) => String.fromCharCode(unit));

const anyId: fc.Arbitrary<string> = fc.oneof(
  fc.nat({ max: 1_000_000 }).map((number) => `stream_${number}`),
  fc.uuid(),
  fc.string({ minLength: 1, maxLength: 12, unit: codeUnit }),
);

/** One of the group is held, most of the others are tried. */
function alike(group: readonly string[]): fc.Arbitrary<readonly Round[]> {
  return fc
    .constantFrom(...group)
    .chain((held) => mostOf(group.filter((id) => id !== held)).map((others) => [{ held, others }]));
}

/** Most of `all`; shrinks by leaving out more. */
function mostOf<T>(all: readonly T[]): fc.Arbitrary<readonly T[]> {
  return fc
    .tuple(...all.map(() => fc.nat({ max: 7 })))
    .map((kept) => all.filter((_, index) => kept[index] !== 0));
}

function round([held = '', ...others]: readonly string[]): Round {
  return { held, others };
}

function blocked(run: TrialRun<readonly Round[]>): Failure | undefined {
  const late = overdue(run);
  if (late === undefined) return undefined;
  const { main, trial } = run;
  const step = trial.actors[late.actor]?.steps[late.step];
  const id = step?.do === 'enter' ? step.stream : '';
  return {
    summary: `While the lock of ${named(heldBeside(run, id))} was held, the lock of ${named(id)} was not to be had.`,
    expected: 'two ids that are not equal, code unit by code unit, are two locks',
    actual: `the second one was granted only after the first was left, or never: it waited ${trial.patienceMs} ms`,
    marked: main.records.filter(({ actor, step }) => actor === late.actor && step === late.step),
  };
}

function heldBeside({ input }: TrialRun<readonly Round[]>, id: string): string {
  return input.find(({ others }) => others.includes(id))?.held ?? '';
}

/** An id may be refused, because it cannot be locked at all. */
function failed(run: TrialRun<readonly Round[]>): Failure | undefined {
  for (const { step, record } of observed(run)) {
    const code = codeOf(record);
    if (step.do !== 'enter' || code === undefined || code === 'INVALID_RECORD') continue;
    return {
      summary: `While the lock of ${named(heldBeside(run, step.stream))} was held, asking for the lock of ${named(step.stream)} (${whoOf(record)}) failed with ${code}.`,
      expected: 'the lock, because the ids differ; or INVALID_RECORD for an id that cannot be locked',
      actual: code,
      marked: [record],
    };
  }
  return undefined;
}

/** The id with everything visible that is not printable ASCII. */
function named(id: string): string {
  const shown = JSON.stringify(id).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return shown.length <= 80 ? shown : `${shown.slice(0, 40)}…${shown.slice(-20)} (${id.length} code units)`;
}
