/**
 * What this alone proves: that requests cost the bundled adapter on PostgreSQL what they are said to, to the statement. A
 * change here is a change of the adapter.
 */
import { expect, it } from 'vitest';
import { countRequests, type RequestCounts } from '../scenarios/counting/index.ts';
import { resolveTarget } from './targets.ts';

/** Of bytes, which differ by the digits of numbers and times. */
const TOLERANCE = 0.02;

type Costs = Readonly<
  Record<string, readonly [flights: number, statements: number, bytesOut: number, bytesIn: number]>
>;

const COSTS: Costs = {
  settle: [8, 13, 1663, 3555],
  withdraw: [8, 13, 1669, 3557],
  replay: [3, 8, 386, 772],
  refusal: [4, 9, 456, 1201],
  get: [1, 1, 67, 794],
  list: [1, 1, 63, 5502],
  claim: [2, 2, 341, 1384],
};

function near(counted: number, told: number): number {
  return Math.abs(counted - told) <= TOLERANCE * told ? told : counted;
}

it('counts what requests to postgres cost, by kind', async () => {
  const target = await resolveTarget('postgres', process.cwd());
  const counts: readonly RequestCounts[] = await countRequests(target, { pg: 'embedded', requests: 2 });
  const costs = Object.fromEntries(
    counts.map(({ kind, flights, statements, bytesOut, bytesIn }) => {
      const [, , out = 0, into = 0] = COSTS[kind] ?? [];
      return [kind, [flights, statements, near(bytesOut, out), near(bytesIn, into)]];
    }),
  );
  expect(costs).toEqual(COSTS);
  expect(counts.filter(({ isSteady }) => !isSteady)).toEqual([]);
});

it('counts nothing of what is not on PostgreSQL', async () => {
  const memory = await resolveTarget('memory', process.cwd());
  expect(await countRequests(memory, { pg: 'embedded' })).toEqual([]);
});
