/** The servers in the connection that an instance of the reference was given. */
import type { Json } from '../../contract/index.ts';
import type { Seed } from '../mutant.ts';

interface Given {
  /** The primary. */
  readonly url: string;
  readonly run: string;
  readonly servers?: readonly string[];
}

/** The URL of this instance's replica, if it has one. */
export function replicaOf({ options }: Seed): string | undefined {
  const { url, servers = [] } = options.connection as unknown as Given;
  return servers.find((server) => server !== url);
}

/** The connection for an instance that uses these servers instead. */
export function connectionTo({ options }: Seed, servers: readonly string[]): Json {
  const { url, run } = options.connection as unknown as Given;
  return { url, run, servers: [...servers] };
}

/** The connection for an instance that uses only the primary. */
export function connectionToPrimary(seed: Seed): Json {
  return connectionTo(seed, [(seed.options.connection as unknown as Given).url]);
}
