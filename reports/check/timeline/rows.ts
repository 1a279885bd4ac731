/** Clients as lanes. One of which several requests were open at once gets several rows. */
import type { Operation } from '../../../suites/checker/operation.ts';

export interface ClientLane {
  readonly client: number;
  /** Its rows are numbered through all lanes, from the first lane down. */
  readonly rows: number;
}

export interface Rows {
  readonly lanes: readonly ClientLane[];
  /** By place in the operations that were given. */
  readonly row: readonly number[];
}

/** In the order of their calls, each in the first row of its client that is free. */
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
