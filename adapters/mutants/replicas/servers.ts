/** What the reference's connection says of the servers that an instance was given. */
import type { Json } from '../../contract/index.ts';
import type { Seed } from '../mutant.ts';

interface Given {
  /** The primary. */
  readonly url: string;
  readonly run: string;
  readonly servers?: readonly string[];
}

/** The replica among the servers of this instance, if there is one. */
export function replicaOf({ options }: Seed): string | undefined {
  const { url, servers = [] } = options.connection as unknown as Given;
  return servers.find((server) => server !== url);
}

/** How to open an instance on these servers instead. */
export function connectionTo({ options }: Seed, servers: readonly string[]): Json {
  const { url, run } = options.connection as unknown as Given;
  return { url, run, servers: [...servers] };
}

/** How to open an instance on the primary alone. */
export function connectionToPrimary(seed: Seed): Json {
  return connectionTo(seed, [(seed.options.connection as unknown as Given).url]);
}
