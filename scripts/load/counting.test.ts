/**
 * What this alone proves: that requests cost the bundled adapters on PostgreSQL what they are said to, to the statement. A
 * change here is a change of the adapter, and of the table in docs/measuring.md.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { countRequests, type RequestCounts } from '../../scenarios/counting/index.ts';
import { resolveTarget } from '../targets/targets.ts';

/** Most of so many count: on a busy machine a lease may be renewed meanwhile. */
const REQUESTS = 3;
/** Of bytes: what is left of the wait for a lock is told in milliseconds, 10000 or 9999. */
const DIGIT = 1;

type Costs = Readonly<
  Record<string, readonly [flights: number, statements: number, bytesOut: number, bytesIn: number]>
>;

/** A settle and a withdrawal are paid, and the event that says so is one flight and one statement of theirs. */
const COSTS: Readonly<Record<'postgres' | 'postgres-lease', Costs>> = {
  postgres: {
    settle: [3, 12, 1655, 783],
    withdraw: [3, 12, 1661, 779],
    replay: [2, 8, 387, 834],
    refusal: [2, 8, 390, 471],
    get: [1, 1, 60, 260],
    list: [1, 1, 56, 4965],
    claim: [2, 2, 327, 502],
  },
  'postgres-lease': {
    settle: [4, 11, 1729, 764],
    withdraw: [4, 11, 1735, 760],
    replay: [3, 7, 468, 816],
    refusal: [3, 7, 470, 452],
    get: [1, 1, 60, 260],
    list: [1, 1, 56, 4965],
    claim: [2, 2, 327, 502],
  },
};

async function counted(name: string, told: Costs): Promise<Costs> {
  const target = await resolveTarget(name, process.cwd());
  const counts: readonly RequestCounts[] = await countRequests(target, {
    pg: 'embedded',
    requests: REQUESTS,
  });
  const near = (bytes: number, expected = 0): number =>
    Math.abs(bytes - expected) <= DIGIT ? expected : bytes;
  return Object.fromEntries(
    counts.map(({ kind, flights, statements, bytesOut, bytesIn }) => {
      const [, , out, into] = told[kind] ?? [];
      return [kind, [flights, statements, near(bytesOut, out), near(bytesIn, into)]];
    }),
  );
}

it.each(Object.entries(COSTS))('counts what requests to %s cost, by kind', async (name, told) => {
  expect(await counted(name, told)).toEqual(told);
});

it('tells the same in the documentation', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/measuring.md'), 'utf8');
  const number = (count: number): string => count.toLocaleString('en-US');
  for (const kind of Object.keys(COSTS.postgres)) {
    const cells = Object.values(COSTS).flatMap((costs) => {
      const [flights, statements, out, into] = costs[kind] ?? [0, 0, 0, 0];
      return [number(flights), number(statements), `${number(out)}, ${number(into)}`];
    });
    const rows = text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    expect(rows).toContainEqual(['', kind, ...cells, '']);
  }
});

it('counts nothing of what is not on PostgreSQL', async () => {
  const memory = await resolveTarget('memory', process.cwd());
  expect(await countRequests(memory, { pg: 'embedded' })).toEqual([]);
});
