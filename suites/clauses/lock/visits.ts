/** Sections that LOCK-06, 07 and 08 share: reads and additions to streams under one lock, each of another digit. */
import fc from 'fast-check';
import type { Actor, Step } from '../../../scenarios/host/program.ts';
import { MAX_DIGITS, readForUpdate, writeDigit } from '../../harness/effects.ts';
import { around, direct, pause, pauseMs, streamOf, view } from '../../harness/generate.ts';
import type { Scope, Trial } from '../../harness/property.ts';

export interface Visit {
  /** The lock. */
  readonly lock: string;
  /**
   * `add`: reads the lock's stream and adds to it; `nested`: from within another section. `read`: reads it. `cross`: reads
   * it and overwrites its neighbour; `back`: the reverse.
   */
  readonly does: 'add' | 'nested' | 'read' | 'cross' | 'back';
  readonly pauseMs: number;
  /** Whether the adapter is told what the section will read. */
  readonly prefetches: boolean;
}

export interface VisitWeights {
  readonly add: number;
  readonly nested: number;
  readonly read: number;
  readonly cross: number;
  readonly back: number;
}

/** Some actors with up to so many visits each, mostly of one stream. */
export function visitsOf(
  { actors, visits }: { readonly actors: number; readonly visits: number },
  weights: VisitWeights,
): fc.Arbitrary<readonly (readonly Visit[])[]> {
  const lock = fc.oneof(
    { weight: 5, arbitrary: fc.constant('s1') },
    { weight: 1, arbitrary: fc.constant('s2') },
  );
  const does = fc.oneof(
    ...(Object.entries(weights) as [Visit['does'], number][]).map(([kind, weight]) => ({
      weight,
      arbitrary: fc.constant(kind),
    })),
  );
  const visit = fc.record({ lock, does, pauseMs, prefetches: fc.boolean() });
  return fc.array(fc.array(visit, { minLength: 1, maxLength: visits }), {
    minLength: actors,
    maxLength: actors,
  });
}

export function visitTrial(input: readonly (readonly Visit[])[], scope: Scope): Trial {
  let digit = 0;
  const actors = input.map((visits, instance): Actor => {
    const steps = visits.flatMap((visit) => {
      digit = (digit + 1) % MAX_DIGITS;
      return section(visit, digit, scope);
    });
    return { instance, steps };
  });
  const ids = streamsOf(input).map((name) => scope.id(name));
  return {
    setup: ids.map((id) => direct('streams.create', streamOf(id))),
    actors,
    finale: ids.map((id) => direct('streams.get', id)),
  };
}

/** The streams that are visited, and the neighbours that only their locks protect. */
function streamsOf(input: readonly (readonly Visit[])[]): string[] {
  const names = input.flat().flatMap(({ lock, does }) => {
    return does === 'cross' || does === 'back' ? [lock, `${lock}-neighbour`] : [lock];
  });
  return [...new Set(names)];
}

function section({ lock, does, pauseMs, prefetches }: Visit, digit: number, scope: Scope): Step[] {
  const own = scope.id(lock);
  const neighbour = scope.id(`${lock}-neighbour`);
  const options = prefetches ? { prefetch: { streams: [own, neighbour] } } : {};
  const within = (...steps: Step[]): Step[] => around(own, steps, options);
  const marked = { releasedAmount: String(10 ** digit) };
  switch (does) {
    case 'add':
      return within(readForUpdate(own), ...pause(pauseMs), writeDigit(own, digit));
    case 'nested':
      return around(`${own}-around-${digit}`, [
        ...section({ lock, does: 'add', pauseMs, prefetches }, digit, scope),
        ...pause(pauseMs),
      ]);
    case 'read':
      return within(...pause(pauseMs), view('streams.get', own));
    case 'cross':
      return within(
        view('streams.get', own),
        ...pause(pauseMs),
        view('streams.put', streamOf(neighbour, marked)),
      );
    case 'back':
      return within(
        view('streams.get', neighbour),
        ...pause(pauseMs),
        view('streams.put', streamOf(own, marked)),
      );
    default:
      return does satisfies never;
  }
}
