import fc from 'fast-check';
import { property, type AnyProperty, type Subject, type TrialRun } from '../../harness/engine/property.ts';
import {
  acceptedBy,
  MOVE_NAMES,
  placed,
  raceTrial,
  sceneTrial,
  statesOf,
  TIMES,
  writerOf,
  WRITERS,
  type MoveName,
  type Race,
  type Scene,
  type Time,
  type Visit,
  type WriterName,
} from './handOver.ts';
import { judgeRace, judgeScene, metIt, outcomeOf } from './handOverJudge.ts';
import { interferes, isRemoval, writesOf, type WriteName } from './writes.ts';

type Case = ({ readonly what: 'scene' } & Scene) | ({ readonly what: 'race' } & Race);

const MAX_VISITS = 4;
const MAX_WRITERS = 3;
const MAX_PAUSE_MS = 12;
/** Generated cases are few, because the examples show most of it. */
const SHARE = 0.15;
const RIVAL_IN = 4;

/**
 * Writers of every kind write before, while and after the state of a storage is set. They write outside sections, in sections
 * that span the change, and with claims that span it. Writes that the state does not accept must be refused and change nothing.
 * Writes that it accepts must happen, and reads always succeed. Of two who set the state one must succeed.
 */
export const MIG_07: AnyProperty = property<Case>({
  clause: 'MIG-07',
  slow: 6,
  share: SHARE,
  racing: true,
  arbitrary: (subject) => fc.oneof({ weight: 3, arbitrary: scene(subject) }, { weight: 1, arbitrary: race }),
  trial: (input, scope) => (input.what === 'scene' ? sceneTrial(input, scope) : raceTrial(input, scope)),
  judge: (run) => (isScene(run) ? judgeScene(run) : isRace(run) ? judgeRace(run) : undefined),
  examples: (subject) => [...scenes(subject), ...ENDED, ...RACES],
  situations: (subject) => [
    ...writesOf(subject).flatMap((write) =>
      ([true, false] as const).map((accepted) => ({
        name: `${accepted ? 'an accepted' : 'a refused'} call of a writer after the state was set: ${write}`,
        occurred: (run: TrialRun<Case>) => isScene(run) && wasMade(run, write, accepted),
      })),
    ),
    ...MOVE_NAMES.flatMap((move) =>
      (['wrote before', 'entered before'] as const).map((time) => ({
        name: `a section that had entered when the state was set, and had ${time === 'wrote before' ? 'written' : 'not written'} (${move})`,
        occurred: (run: TrialRun<Case>) => isScene(run) && run.input.move === move && spanned(run, time),
      })),
    ),
    ...([false, true] as const).map((inSections) => ({
      name: `writers who stored records ${inSections ? 'in sections' : 'plainly'} while the state was set`,
      occurred: (run: TrialRun<Case>) => isRace(run) && metIt(run, inSections),
    })),
    {
      name: 'two who set the state at once',
      occurred: (run) => isScene(run) && run.input.rival,
    },
  ],
});

function isScene(run: TrialRun<Case>): run is TrialRun<Case & { readonly what: 'scene' }> {
  return run.input.what === 'scene';
}

function isRace(run: TrialRun<Case>): run is TrialRun<Case & { readonly what: 'race' }> {
  return run.input.what === 'race';
}

const race: fc.Arbitrary<Case> = fc.record({
  what: fc.constant('race' as const),
  move: fc.constantFrom(...MOVE_NAMES),
  writers: fc.array(fc.record({ writer: fc.constantFrom(...WRITERS), inSections: fc.boolean() }), {
    minLength: 2,
    maxLength: MAX_WRITERS,
  }),
  pauseMs: fc.nat({ max: MAX_PAUSE_MS }),
});

function scene(subject: Subject): fc.Arbitrary<Case> {
  return fc.record({
    what: fc.constant('scene' as const),
    move: fc.constantFrom(...MOVE_NAMES),
    visits: fc.array(
      fc.record({
        writer: fc.constantFrom(...WRITERS),
        write: fc.constantFrom(...writesOf(subject)),
        time: fc.constantFrom(...TIMES),
        inSection: fc.boolean(),
      }),
      { minLength: 1, maxLength: MAX_VISITS },
    ),
    drains: fc.boolean(),
    rival: fc.nat({ max: RIVAL_IN - 1 }).map((one) => one === 0),
  });
}

/** Examples of each step of a move. Some come twice: with time for sections to end, and without. */
function scenes(subject: Subject): Case[] {
  const twice: readonly MoveName[] = ['a side gives the authority up', 'a side takes the authority'];
  const made = [...MOVE_NAMES, ...twice].map((move, index) => {
    const drains = index % 2 === 0;
    return {
      what: 'scene' as const,
      move,
      drains,
      rival: !drains && index % RIVAL_IN === RIVAL_IN - 1,
      visits: spanning(move, drains),
    };
  });
  for (const write of writesOf(subject))
    for (const isAccepted of [true, false]) {
      const [chosen] = made
        .flatMap(({ move, visits }) => {
          const writer = whoIs(move, isAccepted, write, visits.length);
          const isCrowded = visits.some((other) => interferes(other.write, write));
          return writer === undefined || isCrowded ? [] : [{ visits, writer }];
        })
        .sort((a, b) => a.visits.length - b.visits.length);
      const inSection = (chosen?.visits.length ?? 0) % 2 === 1;
      if (chosen !== undefined)
        chosen.visits.push({ writer: chosen.writer, write, time: 'after', inSection });
    }
  return made;
}

/** Sections of accepted writers that have entered before, and a call while the state is set. */
function spanning(move: MoveName, drains: boolean): Visit[] {
  const inSection = true;
  return [
    { writer: 'own', write: 'streams.create', time: 'wrote before', inSection },
    { writer: 'own', write: 'streams.put', time: 'entered before', inSection },
    { writer: drains ? 'own' : 'unmarked', write: 'users.put', time: 'during', inSection: !drains },
    // A writer that both states accept goes on.
    ...(move === 'the old side begins'
      ? [{ writer: 'unmarked', write: 'streams.create', time: 'wrote before', inSection } as const]
      : []),
  ];
}

/** In turn a writer that is accepted after the move, and one that is refused. */
function whoIs(move: MoveName, isAccepted: boolean, write: WriteName, turn: number): WriterName | undefined {
  const states = statesOf({ move }, { number: 0 });
  const fits = WRITERS.filter((name) => {
    const named = writerOf(states, name);
    const as = isRemoval(write) ? ({ epoch: named?.epoch ?? 0, role: 'copying' } as const) : named;
    return acceptedBy(states, as).after === isAccepted;
  });
  return fits[turn % Math.max(1, fits.length)];
}

/**
 * Sections of writers that both states accept, and that may be ended all the same: by a rival whose state refuses them and who
 * then comes too late; and in epoch 0, where a storage need not know which writers it waits for.
 */
const ENDED: readonly Case[] = [
  {
    what: 'scene',
    move: 'the old side begins',
    drains: false,
    rival: true,
    visits: [{ writer: 'next', write: 'streams.create', time: 'during', inSection: true }],
  },
  {
    what: 'scene',
    move: 'the new side begins',
    drains: false,
    rival: false,
    visits: [{ writer: 'next', write: 'streams.create', time: 'wrote before', inSection: true }],
  },
];

/** The pauses before the state is set: which moment of a write it meets is chance. */
const PAUSES_MS: readonly number[] = Array.from({ length: 5 }, (_, at) => MAX_PAUSE_MS / 2 + at);

const RACES: readonly Case[] = [
  ...PAUSES_MS.map((pauseMs): Case => ({
    what: 'race',
    move: 'a side gives the authority up',
    writers: [
      { writer: 'own', inSections: false },
      { writer: 'unmarked', inSections: false },
      { writer: 'own', inSections: true },
    ],
    pauseMs,
  })),
  {
    what: 'race',
    move: 'late copies are shut out',
    writers: [
      { writer: 'own', inSections: false },
      { writer: 'own', inSections: true },
    ],
    pauseMs: MAX_PAUSE_MS,
  },
];

function wasMade(run: TrialRun<Scene>, write: WriteName, accepted: boolean): boolean {
  return placed(run.input, run.scope).some(
    (one) =>
      one.write === write &&
      one.time === 'after' &&
      acceptedBy(statesOf(run.input, run.scope), one.as).after === accepted &&
      outcomeOf(run, one) !== undefined,
  );
}

function spanned(run: TrialRun<Scene>, time: Time): boolean {
  return placed(run.input, run.scope).some((one) => one.time === time && outcomeOf(run, one) !== undefined);
}
