import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LinkedHost, OpenedInstance } from '../process/host.ts';
import { createHostPool, type HostPool, type Loan } from '../process/pool.ts';
import type { ProgramHistory } from '../language/history.ts';
import type { Step } from '../language/program.ts';
import { runActs } from './run.ts';
import type { Act } from './stage.ts';
import { MISBEHAVING } from '../testing/targets.ts';

let pool: HostPool;
let loan: Loan;
let instances: OpenedInstance[];

beforeAll(() => {
  pool = createHostPool({ target: MISBEHAVING, maxHosts: 2 });
});
afterAll(() => pool.close());

/** One instance in the first host, two in the second. */
async function open(): Promise<void> {
  loan = await pool.lend(2);
  const [first, second] = loan.hosts as [LinkedHost, LinkedHost];
  instances = [];
  for (const [index, host] of [first, second, second].entries())
    instances.push(await host.open({ connection: null, namespace: 'n', instance: index + 1 }));
}
afterEach(() => loan.release());

const get = (id: string): Step => ({ do: 'call', via: 'instance', method: 'streams.get', args: [id] });

function act(...actors: readonly { readonly instance: number; readonly steps: readonly Step[] }[]): Act {
  return { program: { actors, patienceMs: 50 }, schedule: { mode: 'scheduled', choices: [], blockMs: 20 } };
}
const alone = (instance: number, ...ids: readonly string[]): Act => act({ instance, steps: ids.map(get) });
const together = (...ids: readonly string[]): Act =>
  act(...instances.map((_, instance) => ({ instance, steps: ids.map(get) })));

/** The requests to hosts that running `acts` takes, and what came back. */
async function run(...acts: readonly Act[]): Promise<{
  readonly asked: readonly string[];
  readonly histories: readonly ProgramHistory[];
}> {
  const asked: string[] = [];
  const spies = loan.hosts.map((host) => {
    const { link } = host as LinkedHost;
    const request = link.request.bind(link);
    return vi.spyOn(link, 'request').mockImplementation((command, input) => {
      if (command !== 'ping') asked.push(`${command} ${host.process}`);
      return request(command, input);
    });
  });
  const histories = await runActs(instances, acts);
  for (const spy of spies) spy.mockRestore();
  return { asked: asked.toSorted(), histories };
}

const lengths = (histories: readonly ProgramHistory[]): number[] =>
  histories.map(({ records }) => records.length);

describe('acts', () => {
  it('of one host are one request', async () => {
    await open();
    const { asked, histories } = await run(alone(1, 'a'), act(), alone(2, 'a', 'b'), alone(1, 'a'), act());
    expect(asked).toEqual(['run 2']);
    expect(lengths(histories)).toEqual([1, 0, 2, 1, 0]);
  });

  it('of one host and then of another are one request each', async () => {
    await open();
    const { asked, histories } = await run(alone(0, 'a'), alone(0, 'a'), alone(1, 'a', 'b'), alone(0));
    expect(asked).toEqual(['run 1', 'run 1', 'run 2']);
    expect(lengths(histories)).toEqual([1, 1, 2, 0]);
  });

  it('before and after one of several hosts take no request of their own', async () => {
    await open();
    const { asked, histories } = await run(alone(0, 'a'), together('a', 'b'), alone(2, 'a'), alone(0, 'a'));
    expect(asked).toEqual(['begin 1', 'begin 2', 'end 1', 'end 2', 'run 1']);
    expect(lengths(histories)).toEqual([1, 6, 1, 1]);
  });

  it('move their processes into time zones, from which the loan brings them back', async () => {
    const zoneIn = ({ records }: ProgramHistory): number[] =>
      records.map(({ outcome }) => (outcome.status === 'ok' ? Number(outcome.value) : NaN));
    await open();
    const zones = ['Asia/Kathmandu', 'America/New_York', 'America/New_York'];
    const { histories } = await run(
      { ...alone(0, 'the zone'), zones: ['UTC', 'Asia/Kathmandu', 'Asia/Kathmandu'] },
      { ...together('the zone'), zones },
      alone(0, 'the zone'),
      { ...alone(2, 'the zone'), zones: ['UTC', 'Asia/Tokyo', 'Asia/Tokyo'] },
    );
    expect(histories.map((history) => zoneIn(history).toSorted((a, b) => a - b))).toEqual([
      [0],
      [-5, -5, 5.5],
      [5.5],
      [9],
    ]);
    await loan.release();
    await open();
    expect((await run(together('the zone'))).histories.flatMap(zoneIn)).toEqual([0, 0, 0]);
  });

  it('that follow a broken one are left out, and its host serves nobody else', async () => {
    for (const [played, ...acts] of [
      [1, ['nothing yet', 'a'], ['a'], ['a']],
      [2, ['a'], ['nothing yet'], ['a']],
      [3, ['a'], ['a'], ['nothing yet']],
      [2, ['a'], ['a map'], ['a']],
    ] as const) {
      for (const others of [[], [{ instance: 1, steps: [get('a')] }]]) {
        await open();
        const [before, main, after] = acts;
        const middle = act({ instance: 0, steps: main.map(get) }, ...others);
        const { histories } = await run(alone(0, ...before), middle, alone(0, ...after), act());
        expect({ acts, others, played: histories.length }).toEqual({ acts, others, played });
        const { stuck, lost } = histories.at(-1) as ProgramHistory;
        expect(stuck.length + lost.length).toBeGreaterThan(0);
        const [host] = loan.hosts as [LinkedHost];
        expect(host.healthy).toBe(lost[0]?.reason === 'garbage');
        await loan.release();
      }
    }
  });
});
