/**
 * Evidence of runs that never took place: clients, services and a storage in virtual time, by the settlement
 * protocol, with everything that may happen to a correct run. Seeded.
 */
import { DEFAULT_CAPABILITIES, type StreamStatus } from '../../../adapters/contract/index.ts';
import type { Workload } from '../../../adapters/protocol/types.ts';
import type { Evidence } from '../../../scenarios/evidence.ts';
import { NO_POWER, type Power } from '../../../scenarios/evidence/model/power.ts';
import type { HistoryEntry } from '../../../scenarios/evidence/model/history.ts';
import { createRandom } from '../../../scenarios/random.ts';
import { seededStream } from '../../../scenarios/load/run/streams.ts';
import { pickPlan } from './plans.ts';
import type { Plan, Simulation, SyntheticOptions } from './simulation.ts';
import { runRequest } from './service.ts';
import { auditOf, createWorld, listsOf, scanActivity, stateAt, type World } from './world.ts';
import { headerOf } from '../../../scenarios/evidence/testing/header.ts';

export const NO_MINIMUMS: Power = NO_POWER;

const DEFAULTS: SyntheticOptions = {
  seed: 1,
  operations: 400,
  workload: 'balance',
  services: 2,
  streams: 12,
  clients: 8,
  capabilities: { atomic: true, crossInstance: true },
  splitBrain: false,
  shares: { get: 0.1, scan: 0.03, repeat: 0.15, keyless: 0.1 },
  trouble: 0.05,
  minimums: NO_MINIMUMS,
};

interface Client {
  readonly number: number;
  /** When it sends its next request, in ns. */
  at: number;
  /** What it sends again, because it does not know what became of it. */
  again: Plan | undefined;
}

type Pending = (lists: ReadonlyMap<World, ReturnType<typeof listsOf>>) => HistoryEntry;

export function simulate(options: Partial<SyntheticOptions> = {}): Evidence {
  const chosen = { ...DEFAULTS, ...options };
  const seeded = Array.from({ length: chosen.streams }, (_, number) =>
    seededStream(number, chosen.workload, statusOf(number, chosen.workload)),
  );
  const shared = createWorld(seeded);
  const simulation: Simulation = {
    options: chosen,
    atomic: { ...DEFAULT_CAPABILITIES, ...chosen.capabilities }.atomic,
    random: createRandom(chosen.seed),
    worlds: Array.from({ length: chosen.services }, () => (chosen.splitBrain ? createWorld(seeded) : shared)),
    journals: Array.from({ length: chosen.services }, () => []),
    nextSection: 1,
    sent: [],
  };
  const pending = runClients(simulation);
  const lists = new Map([...new Set(simulation.worlds)].map((world) => [world, listsOf(world)]));
  const history = pending.map((finish) => finish(lists)).sort((a, b) => a.call - b.call);
  return assemble(simulation, seeded, history);
}

const STATUSES: readonly StreamStatus[] = ['active', 'draft', 'active', 'paused'];

function statusOf(number: number, workload: Workload): StreamStatus {
  return workload === 'balance' ? 'active' : (STATUSES[number % STATUSES.length] as StreamStatus);
}

/** Closed loop: each client sends when its last request is answered, or given up. */
function runClients(simulation: Simulation): Pending[] {
  const { options, random } = simulation;
  const clients: Client[] = Array.from({ length: options.clients }, (_, number) => ({
    number,
    at: random.integer(20_000),
    again: undefined,
  }));
  const entries: Pending[] = [];
  for (;;) {
    const isOver = entries.length >= options.operations;
    const ready = isOver ? clients.filter((client) => client.again !== undefined) : clients;
    const client = ready.reduce<Client | undefined>(
      (first, one) => (first === undefined || one.at < first.at ? one : first),
      undefined,
    );
    if (client === undefined) return entries;
    entries.push(sendNext(simulation, client));
  }
}

function sendNext(simulation: Simulation, client: Client): Pending {
  const { random, options } = simulation;
  const service = random.integer(options.services);
  const share = random.fraction();
  const { get, scan } = options.shares;
  if (client.again === undefined && share < get) return sendGet(simulation, client, service);
  if (client.again === undefined && share < get + scan) return sendScan(simulation, client, service);
  const plan = client.again ?? pickPlan(simulation);
  const call = client.at;
  const { givenUp, ...answer } = runRequest(simulation, plan, service, call);
  client.at = givenUp + 1 + random.integer(30_000);
  client.again = answer.outcome === 'unknown' && plan.token !== undefined ? plan : undefined;
  const { f, stream, args } = plan;
  const entry = { client: client.number, key: stream, f, args, call, ...answer, service: service + 1 };
  return () => entry;
}

/** Reads what is committed at some moment between call and return. */
function sendGet({ random, worlds, options }: Simulation, client: Client, service: number): Pending {
  const call = client.at;
  const end = call + 1 + random.integer(200_000);
  const at = call + random.integer(end - call);
  const world = worlds[service] as World;
  const key = random.pick([...Array(options.streams).keys()].map((number) => streamKey(world, number)));
  client.at = end + 1 + random.integer(30_000);
  return () => {
    const state = stateAt(world.streams.get(key) as NonNullable<ReturnType<typeof world.streams.get>>, at);
    const { revision, status, releasedAmount, withdrawnAmount } = state;
    return {
      client: client.number,
      key,
      f: 'get',
      args: {},
      call,
      return: end,
      outcome: 'ok',
      service: service + 1,
      result: { status: 200, revision, streamStatus: status, releasedAmount, withdrawnAmount },
    };
  };
}

function streamKey(world: World, number: number): string {
  return [...world.streams.keys()][number] as string;
}

function sendScan({ random, worlds }: Simulation, client: Client, service: number): Pending {
  const call = client.at;
  const pageNs = 1 + random.integer(60_000);
  const limit = random.pick([3, 7, 20]);
  const list = random.pick(['streams', 'activity'] as const);
  const world = worlds[service] as World;
  // However many pages there will be: the client is back when the scan of a short list would be over.
  const pages = list === 'streams' ? Math.ceil(world.streams.size / limit) : world.events.length + 2;
  const end = call + pageNs * (pages + 1);
  client.at = end + 1 + random.integer(30_000);
  return (lists) => {
    const { streams, activity } = lists.get(world) as ReturnType<typeof listsOf>;
    const timeOf = (page: number): number => Math.min(end, call + pageNs * (page + 1));
    const ids = list === 'streams' ? [...streams] : scanActivity(activity, limit, timeOf).ids;
    return {
      client: client.number,
      key: list,
      f: 'scan',
      args: { list, limit },
      call,
      return: end,
      outcome: 'ok',
      service: service + 1,
      result: { status: 200, ids },
    };
  };
}

function assemble(
  { options, worlds, journals }: Simulation,
  seeded: Evidence['header']['seeded'],
  history: readonly HistoryEntry[],
): Evidence {
  const capabilities = { ...DEFAULT_CAPABILITIES, ...options.capabilities };
  const last = history.reduce((end, entry) => Math.max(end, entry.return ?? entry.call), 0);
  const audits = worlds.map((world, index) => auditOf(world, index + 1));
  if (capabilities.crossInstance) audits.push(auditOf(worlds[0] as World, 'fresh'));
  return {
    header: headerOf({
      target: { name: 'synthetic', version: '1' },
      surfaces: ['locks', 'streams', 'activity', 'idempotency'],
      capabilities,
      workload: options.workload,
      mix: 'synthetic',
      seed: options.seed,
      services: options.services,
      seeded,
      minimums: options.minimums,
      startedAt: '2026-03-01T00:00:00.000Z',
      loadTo: last,
    }),
    history,
    journals: journals.map((entries, index) => ({
      service: index + 1,
      pid: 1000 + index,
      entries: entries.sort((a, b) => a.at - b.at),
    })),
    audits,
  };
}
