import fc from 'fast-check';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { addDigit } from '../../harness/judging/effects.ts';
import { notExclusive } from '../../harness/judging/exclusion.ts';
import {
  direct,
  enter,
  hold,
  leave,
  pause,
  pauseMs,
  streamOf,
  visitors,
} from '../../harness/cases/generate.ts';
import {
  property,
  type AnyProperty,
  type Situation,
  type Subject,
  type Trial,
} from '../../harness/engine/property.ts';
import { contended, isContended, sectionsOf, type Section } from '../../harness/judging/sections.ts';

interface Visit {
  readonly stream: 's1' | 's2';
  readonly pauseMs: number;
  /** How the section ends. `bounded`: it returns, and its wait had a timeout that was not reached. */
  readonly end: 'leave' | 'throw' | 'bounded';
}

/** Longer than any wait in these trials. */
const LONG_MS = 4_000;

/** Completes "no run had a section". */
const ENDS_IN_WORDS: Readonly<Record<Visit['end'], string>> = {
  leave: 'that returns',
  throw: 'that throws',
  bounded: 'whose wait has a timeout',
};

function endsOf({ capabilities }: Subject): Visit['end'][] {
  return capabilities.lockTimeout ? ['leave', 'throw', 'bounded'] : ['leave', 'throw'];
}

/** How the section ended or, if it returned, how its lock was requested. */
function endOf({ actor, entered, left }: Section, { actors }: Trial): Visit['end'] | undefined {
  const steps = actors[actor]?.steps ?? [];
  const [asked, ended] = [steps[entered.step], left === undefined ? undefined : steps[left.step]];
  if (asked?.do !== 'enter' || ended === undefined) return undefined;
  if (ended.do === 'throw') return 'throw';
  return asked.timeoutMs === undefined ? 'leave' : 'bounded';
}

/** Three actors meet in sections that end this way, and one actor enters another stream. */
function meeting(end: Visit['end']): readonly (readonly Visit[])[] {
  const visit: Visit = { stream: 's1', pauseMs: 1, end };
  return [[visit, visit], [visit], [visit], [{ ...visit, stream: 's2' }]];
}

function visitOf(subject: Subject): fc.Arbitrary<Visit> {
  const ends: Visit['end'][] = ['leave', ...endsOf(subject)];
  return fc.record({
    stream: fc.oneof(
      { weight: 4, arbitrary: fc.constant('s1' as const) },
      { weight: 1, arbitrary: fc.constant('s2' as const) },
    ),
    pauseMs,
    end: fc.constantFrom(...ends),
  });
}

/**
 * Three or four actors enter sections of two streams through each declared pooler, and read, pause and write in them.
 * Sections of one stream must exclude each other, and afterwards every lock must be free. A lock that belongs to a
 * session fails here: the pooler may choose one connection to take it and another one to release it.
 */
export const LOCK_10: AnyProperty = property<readonly (readonly Visit[])[]>({
  clause: 'LOCK-10',
  environments: ({ capabilities }) => capabilities.poolers,
  arbitrary: (subject) =>
    fc.array(fc.array(visitOf(subject), { minLength: 1, maxLength: 2 }), { minLength: 3, maxLength: 4 }),
  interleaved: true,
  examples: (subject) => endsOf(subject).map(meeting),
  situations: (subject) =>
    endsOf(subject).map((end): Situation<readonly (readonly Visit[])[]> => ({
      name: `a section ${ENDS_IN_WORDS[end]}, whose lock another actor requested meanwhile`,
      occurred: ({ main, trial }) =>
        sectionsOf(main, trial).some(
          (section) => isContended(section, main, trial) && endOf(section, trial) === end,
        ),
    })),
  trial: (input, scope, { surfaces }) => {
    const stored = surfaces.includes('streams');
    const ids = ['s1', 's2'].map((name) => scope.id(name));
    const actors = visitors(input, (visit, digit) => {
      const id = scope.id(visit.stream);
      return sectionOf(visit, id, stored ? addDigit(id, digit) : [hold(1)]);
    });
    return {
      setup: stored ? ids.map((id) => direct('streams.create', streamOf(id))) : [],
      actors,
      patienceMs: 2_500,
      finale: ids.flatMap((id) => [
        ...(stored ? [direct('streams.get', id)] : []),
        // Another instance than that of most actors, because a lock that was left behind is granted again to the same
        // connection.
        enter(id),
        leave,
      ]),
    };
  },
  judge: (run) => notExclusive(run),
  exercised: ({ main, trial }) => contended(main, trial),
});

function sectionOf({ end, pauseMs: ms }: Visit, id: string, work: readonly Step[]): Step[] {
  const [first, ...rest] = work;
  const inside = [...(first === undefined ? [] : [first]), ...pause(ms), ...rest];
  switch (end) {
    case 'leave':
      return [enter(id), ...inside, leave];
    case 'bounded':
      return [enter(id, { timeoutMs: LONG_MS }), ...inside, leave];
    case 'throw':
      return [enter(id), ...inside, { do: 'throw', message: 'thrown by the callback' }];
    default:
      return end satisfies never;
  }
}
