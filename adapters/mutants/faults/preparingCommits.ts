/** A driver that sends COMMIT alone, when everything before it has been answered, and by the name it was prepared under. */
import type { Pool, PoolConfig } from 'pg';
import { Flight } from '../../postgres/connection/flight.ts';

type Query = (...asked: readonly unknown[]) => unknown;

export function preparingCommits(Original: typeof Pool): typeof Pool {
  return class extends Original {
    constructor(config?: PoolConfig) {
      super(config);
      this.on('connect', (client) => {
        const query = client.query.bind(client) as Query;
        const apart: Query = (asked, ...rest) =>
          query(asked instanceof Flight ? commitApart(asked, query) : asked, ...rest);
        Object.assign(client, { query: apart });
      });
    }
  };
}

/** `flight` without its COMMIT, which is sent in one of its own when the rest has ended well. */
function commitApart(flight: Flight, query: Query): Flight {
  const commit = flight.parts.at(-1);
  if (commit?.text !== 'COMMIT' || flight.parts.length === 1) return flight;
  const { callback } = flight;
  flight.parts = flight.parts.slice(0, -1);
  flight.callback = (error) => {
    flight.callback = callback;
    if (error !== undefined) return callback(error);
    flight.parts = [commit];
    query(flight);
  };
  return flight;
}
