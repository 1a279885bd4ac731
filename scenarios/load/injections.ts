/** How each fault is brought about while a request of a service is held at a point. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isAtCommit, type PlannedStrike } from '../faults/plan.ts';
import type { StorageProxy } from '../faults/proxy.ts';
import { isTargetFault } from '../faults/catalog.ts';
import { commitOf, wordsOf, type HeldRequest } from './commits.ts';
import { freeze } from './frozen.ts';
import type { Fleet } from './fleet.ts';
import type { Hosting } from './hosting.ts';
import type { Proxies } from './proxies.ts';

export interface Injection {
  readonly proof: string;
  /** How long it lasts at least, in milliseconds; absent: no longer than the rest asks for. */
  readonly lastsMs?: number;
  /** Whether it lasts until others have the stream. */
  readonly untilOthersHaveIt?: boolean;
  /** Ends it. Absent: there is nothing to end. */
  readonly heal?: () => Promise<void>;
}

export interface Field {
  readonly fleet: Fleet;
  readonly hosting: Hosting;
  readonly namespace: string;
  readonly proxies: Proxies | undefined;
  /** How long a black hole lasts at least, in milliseconds. */
  readonly blackholeMs: number;
}

/** How wrong a skewed clock is: more than a day, which is how long a replay record lives. */
export const SKEW_MS: number = 25 * 3_600_000;
const LASTS_MS = 2000;
/** One way, in milliseconds. */
const SLOW_MS = 40;
/** How long a proxy may wait for something to hold back, in milliseconds. */
const EFFECT_MS = 10_000;
const LOOK_MS = 10;
const COMMAND_MS = 10_000;

export async function inject(field: Field, planned: PlannedStrike, request: HeldRequest): Promise<Injection> {
  const { fault } = planned;
  const { resume } = request;
  if (isTargetFault(fault)) return await strikeStorage(field, planned, fault, resume);
  switch (fault) {
    case 'kill-holder':
      return await kill(field, planned, request);
    case 'freeze-holder':
      return await freezeHolder(field, planned, request);
    case 'cut-connection':
      return await cut(field, planned, request);
    case 'blackhole':
    case 'slow-network':
      return await troubleNetwork(field, planned, request);
    case 'clock-skew':
      return await skew(field, planned, resume);
    default:
      throw new TypeError(`Unknown fault: ${JSON.stringify(fault satisfies never)}`);
  }
}

async function strikeStorage(
  { hosting, namespace }: Field,
  { service }: PlannedStrike,
  fault: Parameters<Hosting['strike']>[0],
  resume: () => Promise<void>,
): Promise<Injection> {
  const proof = await hosting.strike(fault, namespace, service);
  await resume();
  if (fault !== 'pool-exhaustion') return { proof };
  return { proof, lastsMs: LASTS_MS, heal: () => hosting.heal() };
}

async function kill(
  { fleet, proxies }: Field,
  { service, point }: PlannedStrike,
  request: HeldRequest,
): Promise<Injection> {
  const worker = fleet.worker(service);
  const commit = isAtCommit(point) ? await commitOf(request, proxyOf(proxies, service), point) : undefined;
  try {
    worker.signal('SIGKILL');
    const { signal } = await worker.exited;
    return {
      proof: `process ${worker.pid} ended by ${signal} ${momentOf(point)}`,
      heal: () => fleet.replace(service),
    };
  } finally {
    commit?.cut();
  }
}

function momentOf(point: PlannedStrike['point']): string {
  if (isAtCommit(point)) return wordsOf(point);
  return point === 'committed' || point === 'paid' ? 'after its commit' : 'inside a section';
}

async function freezeHolder(
  { fleet, proxies }: Field,
  { service, point }: PlannedStrike,
  request: HeldRequest,
): Promise<Injection> {
  const { pid } = fleet.worker(service);
  if (!isAtCommit(point)) {
    const { proof, thaw } = await freeze(pid as number);
    const heal = async (): Promise<void> => {
      thaw();
      await request.resume();
    };
    return { proof, untilOthersHaveIt: true, heal };
  }
  const commit = await commitOf(request, proxyOf(proxies, service), point);
  try {
    const { proof, thaw } = await freeze(pid as number);
    const heal = async (): Promise<void> => {
      commit.letGo();
      thaw();
      await request.release();
    };
    return { proof: `${proof} ${wordsOf(point)}`, untilOthersHaveIt: true, heal };
  } catch (error) {
    commit.letGo();
    throw error;
  }
}

async function cut(
  { proxies }: Field,
  { service, point }: PlannedStrike,
  request: HeldRequest,
): Promise<Injection> {
  const proxy = proxyOf(proxies, service);
  if (isAtCommit(point)) {
    const commit = await commitOf(request, proxy, point);
    commit.cut();
    await request.release();
    return { proof: `a connection of service ${service} was reset ${wordsOf(point)}` };
  }
  const connections = proxy.cut();
  await request.resume();
  return { proof: `${connections} connections of service ${service} were reset` };
}

async function troubleNetwork(
  { proxies, blackholeMs }: Field,
  { service, fault, point }: PlannedStrike,
  request: HeldRequest,
): Promise<Injection> {
  const proxy = proxyOf(proxies, service);
  const isBlackhole = fault === 'blackhole';
  const trouble = (): void => (isBlackhole ? proxy.swallow() : proxy.delay(SLOW_MS));
  const heal = async (): Promise<void> => proxy.heal();
  if (isAtCommit(point)) {
    const commit = await commitOf(request, proxy, point);
    trouble();
    // Into the trouble, as all that follows.
    commit.letGo();
    await request.release();
  } else {
    trouble();
    await request.resume();
    if (!(await isAffected(proxy))) {
      await heal();
      throw new Error(`service ${service} said nothing to the storage within ${EFFECT_MS} ms`);
    }
  }
  return isBlackhole
    ? { proof: 'what was sent was held back', lastsMs: blackholeMs, untilOthersHaveIt: true, heal }
    : { proof: `what was sent was delayed by ${SLOW_MS} ms each way`, lastsMs: LASTS_MS, heal };
}

async function isAffected(proxy: StorageProxy): Promise<boolean> {
  for (let waited = 0; waited < EFFECT_MS && proxy.affected === 0; waited += LOOK_MS) await sleep(LOOK_MS);
  return proxy.affected > 0;
}

async function skew(
  { fleet }: Field,
  { service, number }: PlannedStrike,
  resume: () => Promise<void>,
): Promise<Injection> {
  const worker = fleet.worker(service);
  const ms = number % 2 === 0 ? SKEW_MS : -SKEW_MS;
  const shown = await worker.call<number>({ do: 'skew', ms }, COMMAND_MS);
  if (Math.abs(shown - Date.now() - ms) > SKEW_MS / 2)
    throw new Error(`the clock of service ${service} was not set wrong: it shows ${shown}`);
  await resume();
  return {
    proof: `service ${service} took ${new Date().toISOString()} for ${new Date(shown).toISOString()}`,
    lastsMs: LASTS_MS,
    heal: async () => {
      await worker.call({ do: 'skew', ms: 0 }, COMMAND_MS);
    },
  };
}

function proxyOf(proxies: Proxies | undefined, service: number): StorageProxy {
  if (proxies === undefined) throw new Error('Expected proxies in front of the storage.');
  return proxies.of(service);
}
