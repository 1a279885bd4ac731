/** A driver that sends COMMIT separately, as a prepared statement, after everything before it was answered. */
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

/** `flight` without its COMMIT. If the flight succeeds, COMMIT is sent in a flight of its own. */
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
