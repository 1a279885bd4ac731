import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../../adapters/contract/index.ts';
import { startHost, type Host, type OpenedInstance } from '../process/host.ts';
import { createHostPool, type HostPool, type Loan } from '../process/pool.ts';
import type { ProgramHistory } from '../language/history.ts';
import type { Program, Schedule, Step } from '../language/program.ts';
import { runProgram } from './run.ts';
import { eventually, liveChildren } from '../testing/children.ts';
import { FILE_LOCK } from '../testing/targets.ts';

let service: Host;
let connection: Json;
let pool: HostPool;
let loan: Loan;

beforeAll(async () => {
  service = await startHost();
  await service.load(FILE_LOCK);
  ({ connection } = await service.start({ pg: 'embedded' }));
  pool = createHostPool({ target: FILE_LOCK, maxHosts: 3 });
  loan = await pool.lend(3);
});
afterAll(async () => {
  await loan.release();
  await pool.close();
  await service.close();
  expect(await eventually(() => liveChildren() === 0)).toBe(true);
});

let namespaces = 0;
let opened: OpenedInstance[] = [];

async function openEverywhere(): Promise<OpenedInstance[]> {
  namespaces += 1;
  opened = [];
  for (const [index, host] of loan.hosts.entries())
    opened.push(await host.open({ connection, namespace: `n${namespaces}`, instance: index + 1 }));
  return opened;
}
afterEach(async () => {
  for (const { host, id } of opened) if (host.alive) await host.closeInstance(id);
});

const enter: Step = { do: 'enter', stream: 's' };
const increment: Step[] = [
  enter,
  { do: 'call', via: 'view', method: 'streams.get', args: ['s'], save: 'x' },
  {
    do: 'call',
    via: 'view',
    method: 'streams.put',
    args: [{ $saved: 'x', add: { revision: 1 } }],
  },
  { do: 'leave' },
];
const create: Step[] = [
  { do: 'call', via: 'instance', method: 'streams.create', args: [{ id: 's', revision: 0 }] },
];
const program: Program = {
  patienceMs: 3000,
  actors: [0, 1, 2].map((instance) => ({ instance, steps: increment })),
};

async function runIncrements(schedule: Schedule, actors = 3): Promise<ProgramHistory> {
  const instances = await openEverywhere();
  await runProgram(
    instances,
    { patienceMs: 1000, actors: [{ instance: 0, steps: create }] },
    { mode: 'free' },
  );
  return runProgram(instances, { ...program, actors: program.actors.slice(0, actors) }, schedule);
}

describe('a program on several hosts', () => {
  it.each<Schedule>([{ mode: 'scheduled', choices: [0, 1, 2, 1, 0], blockMs: 30 }, { mode: 'free' }])(
    'is coordinated across them: %o',
    async (schedule) => {
      const { records, stuck, lost } = await runIncrements(schedule);
      expect({ stuck, lost }).toEqual({ stuck: [], lost: [] });
      expect(records.map(({ process }) => process).toSorted((a, b) => a - b)).toEqual([
        1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3,
      ]);
      const puts = records.filter(({ step }) => step === 2).map(({ outcome }) => outcome);
      const revisions = puts.map((outcome) => outcome.status === 'ok' && outcome.value);
      // Hosts that nobody schedules may report in another order than that of their sections.
      expect(revisions).toHaveLength(3);
      for (const revision of [1, 2, 3])
        expect(revisions).toContainEqual(expect.objectContaining({ revision }));
      expect(new Set(records.map(({ section }) => section)).size).toBe(3);
    },
  );

  it('is replayed', async () => {
    // Two actors: who of two waiters is next is up to this polling lock, and differs from run to run.
    const first = await runIncrements({ mode: 'scheduled', choices: [1, 0, 0], blockMs: 100 }, 2);
    expect(first.order.some(({ blocked }) => blocked)).toBe(true);
    const again = await runIncrements({ mode: 'replay', order: first.order, blockMs: 100 }, 2);
    expect(again.order.map(({ actor, step }) => [actor, step])).toEqual(
      first.order.map(({ actor, step }) => [actor, step]),
    );
  });

  it('aborts waits in another host', async () => {
    const instances = await openEverywhere();
    const { records } = await runProgram(
      instances,
      {
        patienceMs: 2000,
        actors: [
          // It leaves when the abort has long arrived in the other process: else that one may be let in first.
          {
            instance: 0,
            steps: [enter, { do: 'abort', actor: 1 }, { do: 'hold', ms: 500 }, { do: 'leave' }],
          },
          { instance: 1, steps: [{ ...enter, abortable: true }, { do: 'leave' }] },
        ],
      },
      { mode: 'scheduled', choices: [0, 1, 0], blockMs: 50 },
    );
    expect(records.find(({ actor }) => actor === 1)?.outcome).toMatchObject({ error: { code: 'ABORTED' } });
  });

  it('goes on without a host that is lost', async () => {
    await using extra = await startHost({ process: 9 });
    await extra.load(FILE_LOCK);
    const [first] = (await openEverywhere()) as [OpenedInstance];
    const dying = await extra.open({ connection, namespace: first.namespace, instance: 9 });
    const running = runProgram(
      [first, dying],
      {
        patienceMs: 2000,
        actors: [
          { instance: 0, steps: [{ do: 'hold', ms: 300 }, ...create] },
          { instance: 1, steps: [enter, { do: 'hold', ms: 5000 }] },
        ],
      },
      { mode: 'free' },
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    const closing = extra.close();
    const { lost, stuck, records } = await running;
    await closing;
    expect(lost).toMatchObject([{ process: 9 }]);
    expect(stuck).toMatchObject([{ actor: 1, process: 9 }]);
    expect(records.filter(({ actor }) => actor === 0)).toHaveLength(2);
  });
});
