/** A driver that prepares COMMIT, and then asks for it by its name alone. */
import type { Pool, PoolConfig } from 'pg';

type Query = (...asked: readonly unknown[]) => unknown;

export function preparingCommits(Original: typeof Pool): typeof Pool {
  return class extends Original {
    constructor(config?: PoolConfig) {
      super(config);
      this.on('connect', (client) => {
        const query = client.query.bind(client) as Query;
        const preparing: Query = (asked, ...rest) =>
          query(asked === 'COMMIT' ? { name: 'commit', text: asked } : asked, ...rest);
        Object.assign(client, { query: preparing });
      });
    }
  };
}
