import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamStatus } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import { applyOperation, type MachineState } from '../../../adapters/protocol/machine.ts';
import { WORKLOADS } from '../../../adapters/protocol/types.ts';
import { createRandom } from '../../random.ts';
import { seededStream } from '../run/streams.ts';
import { MIX_NAMES, MIXES, mixOf, type Bundle, type PlannedRequest, type Scale } from './index.ts';
import { ZIPFIAN_THETA, zipfianRank } from './zipfian.ts';

const scales: fc.Arbitrary<Scale> = fc.record({
  seed: fc.maxSafeNat(),
  workload: fc.constantFrom(...WORKLOADS),
  drivers: fc.integer({ min: 1, max: 4 }),
  services: fc.integer({ min: 1, max: 5 }),
  operations: fc.integer({ min: 1, max: 200_000 }),
});
const indices = fc.integer({ min: 0, max: 100_000 });

/** The first bundles of a driver, as many as hold `operations` requests. */
function planned(name: Parameters<typeof mixOf>[0], scale: Scale, driver: number): Bundle[] {
  const plan = mixOf(name).plan(scale);
  const bundles: Bundle[] = [];
  for (let count = 0; count < scale.operations / scale.drivers;) {
    const bundle = plan(driver, bundles.length);
    count += bundle.length;
    bundles.push(bundle);
  }
  return bundles;
}

/** What comes of the plan's requests, one after the other, drivers in turn. */
function whatComesOf(name: Parameters<typeof mixOf>[0], scale: Scale): string[] {
  const mix = mixOf(name);
  const statuses = mix.statuses(scale.workload);
  const states = new Map<number, MachineState>();
  const answered = new Set<string>();
  const kindOf = (request: PlannedRequest): string => {
    if (request.kind !== 'effect') return request.kind;
    const { stream, key, operation, amount } = request;
    if (answered.has(key)) return 'replay';
    const { workload } = scale;
    const status = statuses[stream % statuses.length] as StreamStatus;
    const state = states.get(stream) ?? seededStream(stream, workload, status);
    const outcome = applyOperation(state, {
      operation,
      workload,
      ...defined({ amount }),
    });
    if (outcome.kind !== 'effect') return outcome.kind;
    states.set(stream, outcome.next);
    answered.add(key);
    return 'effect';
  };
  const plans = Array.from({ length: scale.drivers }, (_, driver) => planned(name, scale, driver));
  const rounds = Math.min(...plans.map((plan) => plan.length));
  return Array.from({ length: rounds }, (_, index) =>
    plans.flatMap((plan) => (plan[index] as Bundle).map(kindOf)),
  ).flat();
}

function sharesOf(kinds: readonly string[]): Record<string, number> {
  const shares: Record<string, number> = {};
  for (const kind of kinds) shares[kind] = (shares[kind] ?? 0) + 1 / kinds.length;
  return shares;
}

const SCALE: Scale = { seed: 5, workload: 'balance', drivers: 2, services: 3, operations: 4000 };

describe.each(MIXES.map((mix) => [mix.name, mix] as const))('the mix %s', (_name, mix) => {
  it('plans the same for the same seed, driver and index', () => {
    fc.assert(
      fc.property(scales, indices, (scale, index) => {
        const driver = index % scale.drivers;
        expect(mix.plan(scale)(driver, index)).toEqual(mix.plan(scale)(driver, index));
      }),
      { numRuns: 30 },
    );
  });

  it('plans requests that its streams and senders can take', () => {
    fc.assert(
      fc.property(scales, indices, (scale, index) => {
        const bundle = mix.plan(scale)(index % scale.drivers, index);
        expect(bundle.length).toBeGreaterThan(0);
        const operations = (index + 1) * scale.drivers * bundle.length;
        const streams = mix.streams({ ...scale, operations });
        for (const request of bundle) {
          expect(request.sender).toBeLessThan(mix.senders(scale.services));
          if (request.kind !== 'effect' && request.kind !== 'get') continue;
          expect(Number.isInteger(request.stream)).toBe(true);
          expect(request.stream).toBeGreaterThanOrEqual(0);
          expect(request.stream).toBeLessThan(streams);
          if (request.kind === 'get') continue;
          const moves = request.operation === 'settle' || request.operation === 'withdraw';
          expect(request.amount !== undefined).toBe(scale.workload === 'balance' && moves);
        }
      }),
      { numRuns: 50 },
    );
  });

  it.each(WORKLOADS)('goes on as it began, with the %s workload', (workload) => {
    const scale: Scale = { ...SCALE, workload, operations: 48_000 };
    const kinds = whatComesOf(mix.name, scale);
    const half = kinds.length / 2;
    const shares = [kinds.slice(0, half), kinds.slice(half)].map((part) => sharesOf(part));
    const [before, after] = shares as [Record<string, number>, Record<string, number>];
    for (const kind of new Set([...Object.keys(before), ...Object.keys(after)]))
      expect(Math.abs((before[kind] ?? 0) - (after[kind] ?? 0)), `the share of ${kind}`).toBeLessThan(0.02);
    expect(before['effect'] ?? 0).toBeGreaterThan(0.1);
  });

  it('plans something else for another seed', () => {
    const plans = [1, 2].map((seed) => planned(mix.name, { ...SCALE, seed, operations: 200 }, 0));
    expect(plans[0]).not.toEqual(plans[1]);
  });

  it('repeats keys exactly if it must reach duplicates', () => {
    const keys = [0, 1]
      .flatMap((driver) => planned(mix.name, SCALE, driver))
      .flat()
      .flatMap((request) => (request.kind === 'effect' ? [request.key] : []));
    expect(new Set(keys).size < keys.length).toBe(mix.minimums.duplicateAttempts !== undefined);
  });

  it('plans scans exactly if it must reach scans', () => {
    const scans = planned(mix.name, SCALE, 0)
      .flat()
      .filter((request) => request.kind === 'scan');
    expect(scans.length > 0).toBe(mix.minimums.scansBesideWrites !== undefined);
  });
});

describe('the mixes', () => {
  it('have names of their own', () => {
    expect(new Set(MIX_NAMES).size).toBe(MIXES.length);
    expect(() => mixOf('none' as never)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it('send one key to every service in a duplicate storm', () => {
    for (const bundle of planned('duplicate-storm', SCALE, 1)) {
      expect(bundle.map((request) => request.sender)).toEqual([0, 1, 2]);
      const keys = bundle.map((request) => request.kind === 'effect' && request.key);
      expect(new Set(keys).size).toBe(1);
    }
  });

  it('race settles and withdrawals of one fresh stream from every sender', () => {
    const scale: Scale = { ...SCALE, workload: 'lifecycle' };
    const seen = new Set<number>();
    for (const bundle of planned('settle-withdraw-race', scale, 0)) {
      const effects = bundle.filter((request) => request.kind === 'effect');
      const streams = new Set(effects.map((request) => request.stream));
      expect(streams.size).toBe(1);
      const [stream = -1] = streams;
      expect(seen.has(stream)).toBe(false);
      seen.add(stream);
      expect(new Set(effects.map((request) => request.sender)).size).toBe(3);
      expect(new Set(effects.map((request) => request.operation))).toEqual(new Set(['settle', 'withdraw']));
      expect(new Set(effects.map((request) => request.key)).size).toBe(effects.length);
    }
  });

  it('keep most requests of a hot stream on one stream at a time', () => {
    const streams = planned('hot-stream', SCALE, 0)
      .slice(0, 15)
      .flat()
      .flatMap((request) => (request.kind === 'effect' || request.kind === 'get' ? [request.stream] : []));
    const counts = streams.map((stream) => streams.filter((other) => other === stream).length);
    expect(Math.max(...counts)).toBeGreaterThan(9);
  });

  it('draw ranks by their weight', () => {
    const rank = zipfianRank(200, ZIPFIAN_THETA);
    const random = createRandom(3);
    const counts = new Map<number, number>();
    for (let draw = 0; draw < 20_000; draw += 1) {
      const drawn = rank(random);
      counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
    }
    expect(counts.get(0)).toBeGreaterThan(20_000 * 0.15);
    expect(counts.get(0)).toBeLessThan(20_000 * 0.2);
    expect(Math.max(...counts.keys())).toBeLessThan(200);
  });
});
