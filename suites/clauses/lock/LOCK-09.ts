import fc from 'fast-check';
import type { Surface } from '../../../adapters/contract/index.ts';
import type { Actor, Step } from '../../../scenarios/host/language/program.ts';
import { direct, enter, leave, pause, pauseMs, streamOf, view } from '../../harness/cases/generate.ts';
import { property, type AnyProperty, type Scope, type Subject } from '../../harness/engine/property.ts';
import { sectionsOf } from '../../harness/judging/sections.ts';

/** How a withLock ends: its callback returns, throws or rejects with the error of a failed call, or its wait ends. */
type End = 'return' | 'throw' | 'fail' | 'timeout' | 'abort';

interface Visit {
  readonly stream: 's1' | 's2';
  readonly end: End;
  readonly pauseMs: number;
}

function visitOf({ surfaces, capabilities }: Subject): fc.Arbitrary<Visit> {
  const ends: End[] = ['return', 'throw', 'abort'];
  if (surfaces.includes('streams')) ends.push('fail');
  if (capabilities.lockTimeout) ends.push('timeout');
  return fc.record({
    stream: fc.constantFrom('s1', 's2'),
    end: fc.constantFrom(...ends),
    pauseMs: fc.oneof(
      { weight: 9, arbitrary: pauseMs },
      { weight: 1, arbitrary: fc.constant(LONG_PAUSE_MS) },
    ),
  });
}

/** Long enough that a lock that must be renewed while it is held has been renewed. */
const LONG_PAUSE_MS = 60;
const HOLDERS = 4;

function longVisits(end: End): readonly (readonly Visit[])[] {
  return Array.from({ length: HOLDERS }, () => [{ stream: 's1', end, pauseMs: LONG_PAUSE_MS }]);
}

/**
 * Sections end in every way and waits are given up, at once and one after another. Afterwards another instance must
 * get every lock without a wait. It must be another instance, because a lock that was left on a pooled connection is
 * granted again to the same connection.
 */
export const LOCK_09: AnyProperty = property<readonly (readonly Visit[])[]>({
  clause: 'LOCK-09',
  slow: 4,
  topologies: ['one', 'shared', 'processes'],
  arbitrary: (subject) =>
    fc.array(fc.array(visitOf(subject), { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 4 }),
  examples: () => [longVisits('return'), longVisits('throw')],
  situations: () => [
    {
      name: `a section that was held for ${LONG_PAUSE_MS} ms`,
      occurred: ({ main, trial }) =>
        sectionsOf(main, trial).some(({ from, to }) => to - from >= LONG_PAUSE_MS * 1e6),
    },
  ],
  trial: (input, scope, { surfaces }) => {
    const ids = ['s1', 's2'].map((name) => scope.id(name));
    const visitors = input.map((visits, instance): Actor => {
      return { instance, steps: visits.flatMap((one) => section(one, scope)) };
    });
    const aborts = input.flatMap((visits, actor) =>
      visits.filter(({ end }) => end === 'abort').map((): Step => ({ do: 'abort', actor })),
    );
    return {
      setup: setupOf(surfaces, ids),
      actors: [...visitors, { instance: 0, steps: aborts.flatMap((step) => [step, { do: 'hold', ms: 1 }]) }],
      finale: ids.flatMap((id) => [enter(id), leave]),
      patienceMs: 2_500,
    };
  },
  // A lock that is not free shows as an endless wait: the finale, or a visitor before it, never returns.
  judge: () => undefined,
  exercised: ({ main }) => main.records.some(({ outcome }) => outcome.status === 'error'),
});

function setupOf(surfaces: readonly Surface[], ids: readonly string[]): Step[] {
  return surfaces.includes('streams') ? ids.map((id) => direct('streams.create', streamOf(id))) : [];
}

function section({ stream, end, pauseMs }: Visit, scope: Scope): Step[] {
  const id = scope.id(stream);
  switch (end) {
    case 'return':
      return [enter(id), ...pause(pauseMs), leave];
    case 'throw':
      return [enter(id), ...pause(pauseMs), { do: 'throw', message: 'thrown by the callback' }];
    case 'fail':
      return [enter(id), view('streams.create', streamOf(id)), ...pause(pauseMs), leave];
    case 'timeout':
      return [enter(id, { timeoutMs: 2 + pauseMs }), ...pause(pauseMs), leave];
    case 'abort':
      return [enter(id, { abortable: true }), ...pause(pauseMs), leave];
    default:
      return end satisfies never;
  }
}
