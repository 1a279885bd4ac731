/** The storages of a drill: the one of each side, and both together as the one that services open. */
import type { Json } from '../../adapters/contract/index.ts';
import type { BesideEntry } from '../evidence.ts';
import { runStopped } from '../orStopped.ts';
import { startHosting, type Hosting } from '../load/run/hosting.ts';
import type { Side } from '../load/service/migrating.ts';
import type { RequestedLoad } from '../load/run/options.ts';
import { Proxies } from '../load/run/proxies.ts';
import type { TargetReference } from '../host/index.ts';

export interface HostedSides {
  /** The hosting of both sides together. */
  readonly hosting: Hosting;
  readonly sides: Readonly<Record<Side, HostedSide>>;
}

export interface HostedSide {
  readonly target: TargetReference;
  readonly hosting: Hosting;
  /** The proxies in front of it, one for each process that opens it. Undefined: nothing can be placed there. */
  readonly proxies: Proxies | undefined;
}

/** The connection of a target that makes one of both sides. */
export interface MoveConnection {
  readonly old: Json;
  readonly new: Json;
}

/**
 * `openers` is the number of processes that open each side through a proxy. Rejects like startHosting, and then leaves
 * nothing running.
 */
export async function hostSides(
  load: RequestedLoad,
  targets: Readonly<Record<Side, TargetReference>>,
  openers: number,
): Promise<HostedSides> {
  const releases: (() => Promise<unknown>)[] = [];
  const beside: BesideEntry[] = [];
  const release = async (): Promise<readonly BesideEntry[]> => {
    for (let next = releases.pop(); next !== undefined; next = releases.pop()) await next();
    return beside;
  };
  const started = async (target: TargetReference, connection?: MoveConnection): Promise<Hosting> => {
    const given =
      connection === undefined
        ? {}
        : { connection: { connection: connection as unknown as Json, environment: null } };
    const hosting = await startHosting({ ...load, target, ...given });
    releases.push(async () => beside.push(...(await hosting.end())));
    return hosting;
  };
  const hosted = async (target: TargetReference): Promise<HostedSide> => {
    const hosting = await started(target);
    const proxies = hosting.network === null ? undefined : await Proxies.start(hosting, openers);
    if (proxies !== undefined) releases.push(() => proxies.close());
    return { target, hosting, proxies };
  };
  // An abort does not interrupt a start, because what was started must be stopped.
  const unlessStopped = async <T>(starting: Promise<T>): Promise<T> => {
    const result = await starting;
    if (load.signal?.aborted === true) throw runStopped();
    return result;
  };
  try {
    const old = await unlessStopped(hosted(targets.old));
    const other = await unlessStopped(hosted(targets.new));
    const connection = { old: old.hosting.connection, new: other.hosting.connection };
    const both = await unlessStopped(started(load.target, connection));
    const environment = { old: old.hosting.environment, new: other.hosting.environment };
    return { hosting: { ...both, environment, end: release }, sides: { old, new: other } };
  } catch (error) {
    await release();
    throw error;
  }
}

/** The connection of process `opener`, from 1. Undefined: a connection without a proxy. */
export function connectionOf({ hosting, proxies }: HostedSide, opener: number | undefined): Json {
  return proxies === undefined || opener === undefined ? hosting.connection : proxies.connectionOf(opener);
}
