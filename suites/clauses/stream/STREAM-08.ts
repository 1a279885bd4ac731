import fc from 'fast-check';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { valueOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Situation,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { refusedWith, throughView } from '../../harness/cases/refusals.ts';
import { literal } from '../../harness/judging/same.ts';
import { attemptsIn } from '../../harness/cases/plan.ts';
import { ALL_SAMPLES, sample, type Sample } from '../../harness/cases/texts.ts';
import { TEXT_FIELDS, type TextField } from './textFields.ts';

interface Try {
  readonly sample: Sample;
  /** The name of an entry of PLACES. */
  readonly place: string;
  readonly inSection: boolean;
}

type Case = readonly Try[];

/** The most attempts in a generated case. The examples cover every text. */
const MAX_TRIES = 4;

/**
 * Stores texts in some fields. Each must be read back code unit by code unit, or be refused, and then nothing may be
 * stored.
 */
export const STREAM_08: AnyProperty = property<Case>({
  clause: 'STREAM-08',
  schedules: 'free',
  arbitrary: (subject) => {
    const one = fc.constantFrom(...placesOf(subject)).chain((place) => {
      const { samples } = fieldOf(place);
      const own = samples === undefined ? sample : fc.constantFrom(...samples);
      return fc.record({ sample: own, place: fc.constant(place), inSection: fc.boolean() });
    });
    return fc.array(one, { minLength: 1, maxLength: MAX_TRIES, size: 'max' });
  },
  // Every text in every place.
  examples: (subject) =>
    placesOf(subject).map((place, turn) =>
      samplesOf(place).map((sample, index): Try => ({ sample, place, inSection: (turn + index) % 2 === 0 })),
    ),
  trial: (input, scope, subject) => ({
    setup: input.flatMap((one, index) => placeOf(one).before?.(idOf(index, scope)) ?? []),
    actors: [{ instance: 0, steps: stepsOf(input, scope, subject).flat() }],
  }),
  judge: (run) => {
    const { input, scope } = run;
    const groups = attemptsIn(run, stepsOf);
    for (const [index, one] of input.entries()) {
      const failure = replaced(one, idOf(index, scope), groups[index] ?? []);
      if (failure !== undefined) return failure;
    }
    return undefined;
  },
  situations: situationsFor,
});

/** One situation for each place: each text was tried there. An adapter may refuse some texts, but not all. */
function situationsFor(subject: Subject): Situation<Case>[] {
  const cameBack = (run: TrialRun<Case>, isOf: (records: readonly StepRecord[]) => boolean): boolean =>
    attemptsIn(run, stepsOf).some((records) => refusedWith(records) === undefined && isOf(records));
  return [
    ...placesOf(subject).map((place): Situation<Case> => ({
      name: `every text as ${place}`,
      occurred: (run) => {
        const done = attemptsIn(run, stepsOf);
        const texts = run.input.flatMap((one, index) =>
          one.place === place && done[index]?.some(isTaken) === true ? [one.sample.text] : [],
        );
        return samplesOf(place).every(({ text }) => texts.includes(text));
      },
    })),
    {
      name: 'a text that was stored and came back',
      occurred: (run) => cameBack(run, (records) => records.length > 0),
    },
    ...(subject.surfaces.includes('locks')
      ? [
          {
            name: 'a text that was stored in a section and came back',
            occurred: (run: TrialRun<Case>) =>
              cameBack(run, (records) => records.some(({ section }) => section !== undefined)),
          },
        ]
      : []),
  ];
}

function isTaken({ outcome }: StepRecord): boolean {
  return outcome.status !== 'skipped';
}

function placesOf({ surfaces }: Subject): string[] {
  return TEXT_FIELDS.filter(({ surface }) => surfaces.includes(surface)).map(({ what }) => what);
}

function placeOf({ place }: Try): TextField {
  return fieldOf(place);
}

function fieldOf(place: string): TextField {
  return TEXT_FIELDS.find(({ what }) => what === place) as TextField;
}

function samplesOf(place: string): readonly Sample[] {
  return fieldOf(place).samples ?? ALL_SAMPLES;
}

function idOf(index: number, scope: Scope): string {
  return scope.id(`r${index + 1}`);
}

/** The write of each attempt, and the read after it. */
function stepsOf(input: Case, scope: Scope, { surfaces }: Subject): Step[][] {
  return input.map((one, index) => {
    const place = placeOf(one);
    const id = idOf(index, scope);
    const { text } = one.sample;
    const write = throughView(place.write(text, id), id, one.inSection && surfaces.includes('locks'));
    return [...write, place.read(text, id)];
  });
}

function replaced(one: Try, id: string, records: readonly StepRecord[]): Failure | undefined {
  const place = placeOf(one);
  const inOrder = [...records].sort((a, b) => a.step - b.step);
  const read = inOrder.at(-1);
  const code = refusedWith(inOrder.slice(0, -1));
  const found = read === undefined ? undefined : place.find(valueOf(read));
  const { text, what } = one.sample;
  const about = `${what} (${literal(text)}) as ${place.what}`;
  if (code === undefined) {
    const expected = place.isId === true ? id + text : text;
    if (found === expected) return undefined;
    return {
      summary: `Storing ${about} succeeded, and it came back changed.`,
      expected: literal(expected),
      actual: came(read, found),
      marked: records,
    };
  }
  if (code !== 'INVALID_RECORD') {
    return {
      summary: `Storing ${about} failed with an error that is not a refusal.`,
      expected: 'it comes back exactly, or INVALID_RECORD',
      actual: code === 'none' ? 'an error without a code' : code,
      marked: records,
    };
  }
  if (found === place.replaced) return undefined;
  return {
    summary: `Storing ${about} was refused, but something is stored.`,
    expected: literal(place.replaced),
    actual: literal(found),
    marked: records,
  };
}

function came(read: StepRecord | undefined, found: unknown): string {
  if (read?.outcome.status !== 'error') return literal(found);
  return `reading it failed: ${read.outcome.error.code ?? read.outcome.error.name}`;
}
