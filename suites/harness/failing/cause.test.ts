/** The causes that are printed for bugs whose cause is known: the true one, or none. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../scenarios/random.ts';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { orderOf, runAgain, type Rerun } from './again.ts';
import { enter, hold, leave, moveClock } from '../cases/generate.ts';
import { SERVICE, type Topology, type TrialRun } from '../engine/property.ts';
import { intervalOf, isCertainlyMore, runsToTell } from './rates.ts';

const CALLS: readonly Step[] = [enter('s', { timeoutMs: 5 }), hold(1), leave];

interface Bug {
  readonly name: string;
  /** Of which the cause must hold some; undefined: whatever is printed would be wrong. */
  readonly cause: RegExp | undefined;
  readonly topology?: Topology;
  readonly environment?: string;
  readonly zone?: number;
  readonly skewed?: boolean;
  readonly crossInstance?: boolean;
  readonly alike?: boolean;
  /** The chance that the program fails. */
  fails(where: Where): number;
  /** Whether every call is answered when it fails. Default true. */
  readonly answered?: boolean;
  /** Whether two sections are inside at once there. Default: never. */
  overlaps?(topology: Topology): boolean;
}

/** What a bug may depend on. */
interface Where extends Pick<Rerun, 'topology' | 'environment' | 'zone'> {
  readonly moved: boolean;
  readonly bounded: boolean;
  /** Whether calls run at once. */
  readonly atOnce: boolean;
}

const always = (holds: boolean): number => (holds ? 1 : 0);

const BUGS: readonly Bug[] = [
  {
    name: 'the lock is in the memory of the process',
    cause: /does not reach beyond one process/,
    fails: ({ topology, atOnce }) => always(topology === 'processes' && atOnce),
    overlaps: (topology) => topology === 'processes',
  },
  {
    name: 'the lock is in the instance',
    cause: /does not reach beyond one instance/,
    fails: ({ topology, atOnce }) => always(topology !== 'one' && atOnce),
    overlaps: (topology) => topology !== 'one',
  },
  {
    name: 'the lock and the read are one statement: callers of one instance wait in its own queue',
    cause: /steps of other actors in between/,
    fails: ({ topology, atOnce }) => always(topology !== 'one' && atOnce),
  },
  {
    name: 'a snapshot is taken before the lock, and a queue of the process hides it',
    cause: /steps of other actors in between/,
    fails: ({ topology, atOnce }) => (topology === 'processes' && atOnce ? 0.9 : 0),
  },
  {
    name: 'a cache of the instance',
    cause: /one instance keeps state that the others must see/,
    fails: ({ topology }) => always(topology !== 'one'),
  },
  {
    name: 'a cache of the process',
    cause: /one process keeps state that the others must see/,
    fails: ({ topology }) => always(topology === 'processes'),
  },
  {
    name: 'a lock that stays with its session, which the same instance enters again',
    cause: undefined,
    fails: ({ topology }) => always(topology !== 'one'),
    answered: false,
  },
  {
    name: 'a lease by the clock of the process, of several processes',
    cause: /relies on the clock of a process/,
    skewed: true,
    fails: ({ topology, moved }) => always(topology !== 'one' && moved),
  },
  {
    name: 'times of the clock that an instance is given, in a storage without one',
    cause: undefined,
    skewed: true,
    crossInstance: false,
    topology: 'shared',
    fails: ({ topology, moved }) => always(topology !== 'one' && moved),
  },
  {
    name: 'an instance cache, met beside a moved clock',
    cause: /one instance keeps state that the others must see/,
    skewed: true,
    fails: ({ topology }) => always(topology !== 'one'),
  },
  {
    name: 'local times',
    cause: /local times/,
    zone: 1,
    fails: ({ zone }) => always(zone !== null),
  },
  {
    name: 'session locks behind a pooler',
    cause: /environment "pooler"/,
    environment: 'pooler',
    fails: ({ environment, topology }) => always(environment === 'pooler' && topology !== 'one'),
    overlaps: (topology) => topology !== 'one',
  },
  {
    name: 'a waiter that gave up acquires later',
    cause: /a wait that times out/,
    fails: ({ bounded, atOnce }) => always(bounded && atOnce),
  },
  {
    name: 'no lock at all',
    cause: /steps of other actors in between/,
    fails: ({ atOnce }) => always(atOnce),
    overlaps: () => true,
  },
  {
    name: 'amounts through Number',
    cause: undefined,
    fails: () => 1,
  },
  {
    name: 'a race that is met one time in eight, anywhere',
    cause: undefined,
    fails: ({ atOnce }) => (atOnce ? 0.12 : 0.05),
  },
  {
    name: 'two namespaces are one: fewer instances have one namespace only',
    cause: undefined,
    alike: false,
    fails: ({ topology }) => always(topology !== 'one'),
  },
];

const SEEDS = 40;

describe('the cause of a bug that is known', () => {
  it.each(BUGS)('$name', async (bug) => {
    const named: (string | undefined)[] = [];
    for (let seed = 1; seed <= SEEDS; seed += 1) named.push(await causeNamed(bug, seed));
    const wrong = named.filter((one) => one !== undefined && bug.cause?.test(one) !== true);
    expect(wrong).toEqual([]);
    // The clear ones are named, and not merely passed over.
    if (bug.cause !== undefined) expect(named.filter((one) => one === undefined)).toEqual([]);
  });
});

async function causeNamed(bug: Bug, seed: number): Promise<string | undefined> {
  const random = createRandom(seed);
  const { topology = 'processes', environment = SERVICE, zone = null, skewed = false } = bug;
  const { crossInstance = true, alike = true, answered = true } = bug;
  const steps = [...moveClock(skewed ? 7 : 0), ...CALLS];
  const trial = { actors: [0, 1].map((instance) => ({ instance, steps })) };
  const records = [0, 1].flatMap((actor) => steps.map((_, step) => recordOf(actor, step)));
  const run = { trial, main: { records, order: [] } } as unknown as TrialRun<unknown>;
  const atOnce = orderOf(run.main);
  const { cause } = await runAgain({
    input: { topology, environment, zone, interleaving: { mode: 'free' }, everyOrder: false, body: {} },
    run,
    topologies: ['one', 'shared', 'processes'],
    environments: [environment],
    alike,
    declared: { crossInstance },
    rerun: async ({ order, without = [], ...place }) => {
      const where = {
        ...place,
        moved: skewed && !without.includes('unmoved'),
        bounded: !without.includes('unbounded'),
        atOnce: order === undefined || JSON.stringify(order) === JSON.stringify(atOnce),
      };
      return { failed: random.fraction() < bug.fails(where), answered };
    },
    overlaps: async (where) => bug.overlaps?.(where.topology) ?? false,
    now: () => 0,
  });
  return cause;
}

/** Steps of both actors take turns, each while the other's is under way. */
function recordOf(actor: number, step: number): unknown {
  const call = 2 * step + actor;
  return { actor, step, attempt: 1, call, return: call + 2, outcome: { status: 'ok' } };
}

describe('rates', () => {
  it('of few runs say little', () => {
    expect(isCertainlyMore({ failed: 2, of: 2 }, { failed: 0, of: 2 })).toBe(false);
    expect(isCertainlyMore({ failed: 20, of: 20 }, { failed: 0, of: 10 })).toBe(true);
    expect(isCertainlyMore({ failed: 10, of: 20 }, { failed: 2, of: 10 })).toBe(false);
    expect(intervalOf({ failed: 0, of: 0 })).toEqual({ low: 0, high: 1 });
  });

  it('that are small take more runs to tell apart', () => {
    expect(runsToTell({ failed: 20, of: 20 }, 10, 60)).toBe(10);
    expect(runsToTell({ failed: 8, of: 20 }, 10, 60)).toBeGreaterThan(10);
  });
});
