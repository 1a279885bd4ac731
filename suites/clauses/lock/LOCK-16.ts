import fc from 'fast-check';
import type { Actor, Step } from '../../../scenarios/host/language/program.ts';
import { enter, leave, pause, pauseMs } from '../../harness/cases/generate.ts';
import { whoOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Situation,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { contended, sectionsOf, type Section } from '../../harness/judging/sections.ts';

interface Visit {
  readonly stream: 's1' | 's2';
  readonly end: 'leave' | 'throw';
  readonly pauseMs: number;
  /** Whether the instance is reopened before, so that a counter in memory is lost. */
  readonly reopens: boolean;
}

const visit: fc.Arbitrary<Visit> = fc.record({
  stream: fc.constantFrom('s1', 's2'),
  end: fc.oneof(
    { weight: 3, arbitrary: fc.constant('leave' as const) },
    { weight: 1, arbitrary: fc.constant('throw' as const) },
  ),
  pauseMs,
  reopens: fc.boolean(),
});

/** All actors take one lock, and another one, and release it in every way. */
function examplesFor(): (readonly (readonly Visit[])[])[] {
  return (['leave', 'throw'] as const).map((end) => {
    const of = (stream: Visit['stream'], reopens = false): Visit => ({ stream, end, pauseMs: 1, reopens });
    return [
      [of('s1'), of('s1')],
      [of('s1'), of('s2')],
      [of('s1'), of('s2', true), of('s1', true)],
    ];
  });
}

/** A section and the previous one of the same stream. */
interface Succession {
  readonly section: Section;
  readonly before: Section;
}

function successionsIn({ main, trial }: TrialRun<unknown>): Succession[] {
  const sections = sectionsOf(main, trial);
  return sections.flatMap((section, index): Succession[] => {
    const before = sections.slice(0, index).findLast(({ stream }) => stream === section.stream);
    return before === undefined || before.number === section.number ? [] : [{ section, before }];
  });
}

function taken(name: string, isOf: (one: Succession, run: TrialRun<unknown>) => boolean): Situation<unknown> {
  return { name, occurred: (run) => successionsIn(run).some((one) => isOf(one, run)) };
}

const SITUATIONS: readonly Situation<unknown>[] = [
  taken(
    'a lock that one instance took after another one',
    ({ section, before }) => section.instance !== before.instance,
  ),
  taken(
    'a lock that one instance took twice in succession',
    ({ section, before }) => section.instance === before.instance,
  ),
  taken(
    'a lock that was taken after a section that threw',
    ({ before }, { trial }) =>
      before.left !== undefined && trial.actors[before.actor]?.steps[before.left.step]?.do === 'throw',
  ),
  taken(
    'a lock that was taken by an instance that had just been opened again',
    ({ section }, { trial }) => trial.actors[section.actor]?.steps[section.entered.step - 1]?.do === 'reopen',
  ),
  {
    name: 'a lock that was requested while a section held it',
    occurred: ({ main, trial }) => contended(main, trial),
  },
];

/** Only the last actor reopens its instance, because the others share instances that have open sections. */
export const LOCK_16: AnyProperty = property<readonly (readonly Visit[])[]>({
  clause: 'LOCK-16',
  topologies: ['shared', 'processes'],
  arbitrary: () => fc.array(fc.array(visit, { minLength: 1, maxLength: 3 }), { minLength: 3, maxLength: 3 }),
  interleaved: true,
  examples: examplesFor,
  situations: () => SITUATIONS,
  trial: (input, scope) => ({
    actors: input.map((visits, actor): Actor => {
      const isLast = actor === input.length - 1;
      const steps = visits.flatMap(({ stream, end, pauseMs, reopens }): Step[] => [
        ...(isLast && reopens ? [{ do: 'reopen' as const }] : []),
        enter(scope.id(stream)),
        ...pause(pauseMs),
        end === 'leave' ? leave : { do: 'throw', message: 'thrown by the callback' },
      ]);
      return { instance: isLast ? 1 : 0, steps };
    }),
  }),
  judge: notIncreasing,
  exercised: ({ main, trial }) => {
    const streams = sectionsOf(main, trial).map(({ stream }) => stream);
    return new Set(streams).size < streams.length;
  },
});

function notIncreasing({ main, trial, scope }: TrialRun<unknown>): Failure | undefined {
  const latest = new Map<string, Section>();
  for (const section of sectionsOf(main, trial)) {
    const name = scope.name(section.stream);
    const fence = fenceOf(section);
    const before = latest.get(section.stream);
    latest.set(section.stream, section);
    const marked = [section.entered, ...(before === undefined ? [] : [before.entered])];
    if (fence === undefined) {
      return {
        summary: `A section of "${name}" (${whoOf(section.entered)}) has no fence, although fencing is declared.`,
        expected: 'view.fence is a bigint that grows with every acquisition',
        actual: 'view.fence is undefined',
        marked,
      };
    }
    // A callback that runs again may do so under the same acquisition.
    if (before === undefined || before.number === section.number || fence > (fenceOf(before) ?? fence))
      continue;
    return {
      summary: `"${name}" was acquired with fence ${fenceOf(before)} (${whoOf(before.entered)}) and then with fence ${fence} (${whoOf(section.entered)}).`,
      expected: `a fence above ${fenceOf(before)}`,
      actual: `${fence}`,
      marked,
    };
  }
  return undefined;
}

function fenceOf({ entered }: Section): bigint | undefined {
  return entered.outcome.status === 'ok' ? entered.outcome.fence : undefined;
}
