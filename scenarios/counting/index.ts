/**
 * What a request of each kind costs when requests are sent one at a time: round trips to PostgreSQL, statements and
 * bytes. Unlike times, these counts are the same on every machine. If one changes, the adapter has changed.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { idOfRule, type IdOf } from '../../adapters/contract/index.ts';
import type { TargetReference } from '../host/index.ts';
import { Connection } from '../load/driver/connection.ts';
import { Fleet } from '../load/run/fleet.ts';
import { startHosting, type Hosting } from '../load/run/hosting.ts';
import { runClock } from '../load/service/journal.ts';
import { resolveLoad, type LoadOptions, type ResolvedLoad } from '../load/run/options.ts';
import { LockstepError } from '../lockstepError.ts';
import { medianOf } from '../median.ts';
import { orStopped } from '../orStopped.ts';
import { CountingProxy } from './proxy.ts';
import {
  COUNTED_KINDS,
  COUNTED_STREAMS,
  countedRequest,
  isAsCounted,
  type CountedKind,
  type CountedRequest,
} from './requests.ts';
import { minus, type Traffic } from './traffic.ts';

/** What a request of a kind costs: the cost that most of the counted requests had. */
export interface RequestCounts extends Traffic {
  readonly kind: CountedKind;
  /** How many requests were counted. */
  readonly requests: number;
  /** Whether all of them made as many flights and ran as many statements. */
  readonly isSteady: boolean;
}

export interface CountingOptions extends Pick<
  LoadOptions,
  'pg' | 'signal' | 'onNote' | 'onPhase' | 'connection'
> {
  /** How many requests of each kind are counted, 1 to MAX_COUNTED. Default 5. */
  readonly requests?: number;
}

export const MAX_COUNTED = 100;
const DEFAULT_COUNTED = 5;
/** Requests that are sent first, so that connections are open and statements are prepared. */
const WARMING = 3;
const TIMEOUT_MS = 10_000;
const MAX_MS = 60_000;

/**
 * Counts for each kind of request that the target supports. Empty if the storage is not reached by PostgreSQL's
 * protocol, or if the connection is encrypted. Errors: TARGET_FAILED, STORAGE_FAILED, HOST_LOST, WORKER_FAILED,
 * INTERRUPTED, USAGE.
 */
export async function countRequests(
  target: TargetReference,
  options: CountingOptions,
): Promise<readonly RequestCounts[]> {
  const out = mkdtempSync(join(tmpdir(), 'lockstep-counting-'));
  const releases: (() => unknown)[] = [() => rmSync(out, { recursive: true, force: true })];
  try {
    const load = { ...resolveLoad({ ...loadOf(target, options), out }), services: 1 };
    const hosting = await startHosting(load);
    releases.push(() => hosting.end());
    if (hosting.network?.protocol !== 'postgresql') return [];
    return await count(load, hosting, requestsOf(options), releases);
  } finally {
    for (const release of releases.reverse()) await Promise.resolve(release()).catch(() => {});
  }
}

function requestsOf({ requests = DEFAULT_COUNTED }: CountingOptions): number {
  if (Number.isInteger(requests) && requests >= 1 && requests <= MAX_COUNTED) return requests;
  throw new LockstepError('USAGE', `Expected requests from 1 to ${MAX_COUNTED}, got ${requests}.`);
}

/** The balance workload: its streams take any number of requests. */
function loadOf(
  target: TargetReference,
  { requests: _requests, ...options }: CountingOptions,
): Omit<LoadOptions, 'out'> {
  return {
    ...options,
    target,
    mix: 'uniform',
    services: 1,
    drivers: 1,
    connections: 1,
    operations: 1,
    seed: 0,
  };
}

async function count(
  load: ResolvedLoad,
  hosting: Hosting,
  requests: number,
  releases: (() => unknown)[],
): Promise<readonly RequestCounts[]> {
  const { signal, onPhase = () => {} } = load;
  const proxy = await CountingProxy.start(await hosting.address());
  releases.push(() => proxy.close());
  const connection = await hosting.through(proxy.address);
  const namespace = `count_${randomBytes(6).toString('hex')}`;
  releases.push(() => hosting.destroy(namespace));
  const opening = { target: load.target, connection, namespace };
  const fleet = new Fleet(
    load,
    hosting,
    () => opening,
    () => {},
  );
  releases.push(() => fleet.close());
  onPhase({ what: `counting what requests to ${load.target.spec} cost`, atMostMs: MAX_MS });
  const surfaces = await orStopped(fleet.open(), signal);
  await orStopped(fleet.seed(COUNTED_STREAMS, []), signal);
  const epoch = process.hrtime.bigint();
  const [service] = await orStopped(fleet.serve(epoch), signal);
  if (service === undefined || proxy.isEncrypted) return [];
  const client = new Connection({ ...service, timeoutMs: TIMEOUT_MS, now: runClock(epoch) });
  releases.push(() => client.close());
  const claims = surfaces.includes('exports') && hosting.capabilities.exportClaims;
  const counter = { client, proxy, idOf: idOfRule(hosting.ids), spec: load.target.spec };
  await proxy.quiet();
  const counts: RequestCounts[] = [];
  for (const kind of COUNTED_KINDS)
    if (kind !== 'claim' || claims) counts.push(await orStopped(countKind(counter, kind, requests), signal));
  return counts;
}

interface Counter {
  readonly client: Connection;
  readonly proxy: CountingProxy;
  readonly idOf: IdOf;
  readonly spec: string;
}

async function countKind(counter: Counter, kind: CountedKind, requests: number): Promise<RequestCounts> {
  const counted: Traffic[] = [];
  for (let number = 0; number < WARMING + requests; number += 1) {
    const request = countedRequest(kind, number, counter.idOf);
    if (request.before !== undefined) {
      await counter.client.send(request.before);
      await counter.proxy.quiet();
    }
    const before = counter.proxy.traffic;
    await send(counter, kind, request);
    await counter.proxy.quiet();
    if (number >= WARMING) counted.push(minus(counter.proxy.traffic, before));
  }
  return countsOf(kind, counted);
}

async function send({ client, spec }: Counter, kind: CountedKind, request: CountedRequest): Promise<void> {
  const answer = await client.send(request.http);
  if (answer.kind === 'answer' && isAsCounted(request, answer)) return;
  const came = answer.kind === 'lost' ? 'none' : `${answer.status} ${answer.body.slice(0, 200)}`;
  throw new LockstepError('WORKER_FAILED', `${spec}: expected the answer to a ${kind}, got ${came}.`, {
    details: { code: undefined },
  });
}

/** The cost that most of them had; for bytes, the median of those. Exported for tests. */
export function countsOf(kind: CountedKind, counted: readonly Traffic[]): RequestCounts {
  const alike = new Map<string, Traffic[]>();
  for (const traffic of counted) {
    const costs = `${traffic.flights} ${traffic.statements}`;
    alike.set(costs, [...(alike.get(costs) ?? []), traffic]);
  }
  const [most = []] = [...alike.values()].toSorted((a, b) => b.length - a.length);
  const [first] = most;
  if (first === undefined) throw new TypeError('Expected at least one request, got none.');
  return {
    kind,
    flights: first.flights,
    statements: first.statements,
    bytesOut: Math.round(medianOf(most.map(({ bytesOut }) => bytesOut))),
    bytesIn: Math.round(medianOf(most.map(({ bytesIn }) => bytesIn))),
    requests: counted.length,
    isSteady: alike.size === 1,
  };
}
