/** Arranges clients in lanes. A client with several open requests at once gets several rows. */
import type { Operation } from '../../../suites/checker/operation.ts';

export interface ClientLane {
  readonly client: number;
  /** The rows of a lane. They are numbered through all lanes, from the top down. */
  readonly rows: number;
}

export interface Rows {
  readonly lanes: readonly ClientLane[];
  /** The row of each operation, in the order of the given operations. */
  readonly row: readonly number[];
}

/** Goes through the operations in the order of their calls, and puts each into the first free row of its client. */
export function rowsOf(operations: readonly Operation[]): Rows {
  const ends = new Map<number, number[]>();
  const within = operations.map(({ client, call, return: end }) => {
    const rows = ends.get(client) ?? [];
    ends.set(client, rows);
    const free = rows.findIndex((until) => until <= call);
    const row = free === -1 ? rows.length : free;
    rows[row] = end;
    return row;
  });
  const first = new Map<number, number>();
  const lanes: ClientLane[] = [];
  let next = 0;
  for (const client of [...ends.keys()].sort((a, b) => a - b)) {
    const rows = ends.get(client)?.length ?? 0;
    lanes.push({ client, rows });
    first.set(client, next);
    next += rows;
  }
  return {
    lanes,
    row: within.map((row, place) => row + (first.get((operations[place] as Operation).client) as number)),
  };
}
