import { randomUUID } from 'node:crypto';
import { withOtherLock } from '../equivalents/lockRow.ts';
import { lockOf, replaceLock, type Mutant } from '../mutant.ts';

/** The lock is the stream's own row. Where there is none nothing is locked, and nothing says so. */
export const rowLock: Mutant = {
  name: 'row-lock',
  origin:
    'SELECT … FROM streams WHERE id = $1 FOR UPDATE as the lock: for an id without a row it returns at once.',
  clauses: ['LOCK-01'],
  bases: ['postgres'],
  rewrite: (sql) =>
    withOtherLock(
      sql,
      (schema, key) =>
        `SELECT 1 FROM "${schema}".streams WHERE id = substr(${key}, ${schema.length + 2}) FOR UPDATE`,
    ),
};

/** A wait that has a bound polls the stream's row, and there may be none. */
export const boundedNeedsRow: Mutant = {
  name: 'bounded-needs-row',
  origin:
    'withLock with a time-out is another code path: FOR UPDATE NOWAIT in a loop, which locks rows alone.',
  clauses: ['LOCK-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, async (id, callback, options) => {
      const bare =
        options?.timeoutMs !== undefined && (await adapter.streamRepository?.streams?.get(id)) === undefined;
      return lockOf(adapter)(bare ? `${id}-${randomUUID()}` : id, callback, options);
    }),
};
