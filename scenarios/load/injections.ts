/** How each fault is brought about while a request of a service is held at a point. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isAtCommit, type CommitPoint, type PlannedStrike } from '../faults/plan.ts';
import type { StorageProxy } from '../faults/proxy.ts';
import { isTargetFault } from '../faults/catalog.ts';
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
/** How long a proxy may wait for something to hold back or cut, in milliseconds. */
const EFFECT_MS = 10_000;
const LOOK_MS = 10;
/** For commits that are under way when the others are held, in milliseconds. */
const DRAINED_MS = 100;
const COMMAND_MS = 10_000;

export interface HeldRequest {
  /** Lets the held request go on; called when the fault has taken hold, or must meet it on its way. */
  readonly resume: () => Promise<void>;
  /** Lets all others go on that were held with it. */
  readonly release: () => Promise<void>;
}

export async function inject(
  field: Field,
  planned: PlannedStrike,
  { resume, release }: HeldRequest,
): Promise<Injection> {
  const { fault } = planned;
  if (isTargetFault(fault)) return await strikeStorage(field, planned, fault, resume);
  switch (fault) {
    case 'kill-holder':
      return await kill(field, planned);
    case 'freeze-holder':
      return await freezeHolder(field, planned, resume);
    case 'cut-connection':
      return isAtCommit(planned.point)
        ? await cutCommit(field, planned, planned.point, { resume, release })
        : await cut(field, planned, resume);
    case 'blackhole':
    case 'slow-network':
      return await troubleNetwork(field, planned, resume);
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

async function kill({ fleet }: Field, { service, point }: PlannedStrike): Promise<Injection> {
  const worker = fleet.worker(service);
  worker.signal('SIGKILL');
  const { signal } = await worker.exited;
  const held = point === 'committed' || point === 'paid' ? 'after its commit' : 'inside a section';
  return {
    proof: `process ${worker.pid} ended by ${signal} ${held}`,
    heal: () => fleet.replace(service),
  };
}

async function freezeHolder(
  { fleet }: Field,
  { service }: PlannedStrike,
  resume: () => Promise<void>,
): Promise<Injection> {
  const frozen = await freeze(fleet.worker(service).pid as number);
  return {
    proof: frozen.proof,
    untilOthersHaveIt: true,
    heal: async () => {
      frozen.thaw();
      await resume();
    },
  };
}

async function cut(
  { proxies }: Field,
  { service }: PlannedStrike,
  resume: () => Promise<void>,
): Promise<Injection> {
  const connections = proxyOf(proxies, service).cut();
  await resume();
  return { proof: `${connections} connections of service ${service} were reset` };
}

/** The commit of the held request, and of no other: they may have written nothing. */
async function cutCommit(
  { proxies, hosting }: Field,
  { service }: PlannedStrike,
  point: CommitPoint,
  { resume, release }: HeldRequest,
): Promise<Injection> {
  await sleep(DRAINED_MS);
  const cutting = proxyOf(proxies, service).cutAt(point, hosting.network?.commit as string);
  await resume();
  const late = sleep(EFFECT_MS, 'late' as const, { ref: false });
  const isLate = (await Promise.race([cutting.done, late])) === 'late';
  await release();
  if (isLate) {
    cutting.cancel();
    throw new Error(`service ${service} asked for no commit within ${EFFECT_MS} ms`);
  }
  const where = point === 'commit' ? 'as it asked for a commit' : 'before the answer to its commit';
  return { proof: `a connection of service ${service} was reset ${where}` };
}

async function troubleNetwork(
  { proxies, blackholeMs }: Field,
  { service, fault }: PlannedStrike,
  resume: () => Promise<void>,
): Promise<Injection> {
  const proxy = proxyOf(proxies, service);
  const isBlackhole = fault === 'blackhole';
  if (isBlackhole) proxy.swallow();
  else proxy.delay(SLOW_MS);
  await resume();
  const heal = async (): Promise<void> => proxy.heal();
  if (!(await isAffected(proxy))) {
    await heal();
    throw new Error(`service ${service} said nothing to the storage within ${EFFECT_MS} ms`);
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
