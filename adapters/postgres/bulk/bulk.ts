/** The surface `bulk`: copies and compares many records with one statement. */
import {
  copyLock,
  MOVED_KINDS,
  StorageError,
  type Applied,
  type Bulk,
  type MovedKind,
  type RecordsById,
} from '../../contract/index.ts';
import { createChanges } from './changes.ts';
import { bulkStatements, sumOf, type BulkStatements } from './bulkSql.ts';
import { BULK_TABLES, rowOf } from './bulkTables.ts';
import type { Connection } from '../connection/connection.ts';
import type { Connections } from '../connection/connections.ts';
import { translate } from '../errors.ts';
import { rollBack } from '../locking/lock.ts';
import { createSession } from '../connection/session.ts';
import type { Param, Result, Row, Session, Statement } from '../sql/sql.ts';

/** Two storages with the same format have the same columns, and represent each value by the same text. */
const FORMAT = 'postgres-1';

/**
 * Takes the locks that advisory.ts takes for single streams, so that a batch and a copy of one record exclude each
 * other.
 */
const LOCK: Statement = {
  name: 'bulk.lock',
  kind: 'write',
  // Always in the same order; otherwise two batches could deadlock.
  text: `SELECT pg_advisory_xact_lock(key) FROM (
    SELECT DISTINCT hashtextextended(name COLLATE "C", 0) AS key FROM unnest($1::text[]) AS name ORDER BY key) AS sorted`,
};

/** Lets this transaction delete rows of the append-only tables, to make room for copies. */
const REMOVES: Statement = {
  name: 'bulk.removes',
  kind: 'write',
  text: `SELECT set_config('lockstep.removes', 'on', true)`,
};

export function createBulk(connections: Connections): Bulk {
  const { schema } = connections.options;
  const session: Session = createSession(connections);
  const statements = new Map(
    MOVED_KINDS.map((kind) => [kind, bulkStatements(schema, kind, BULK_TABLES[kind])]),
  );
  const of = (kind: MovedKind): BulkStatements => {
    const known = statements.get(kind);
    if (known === undefined)
      throw new StorageError('INVALID_RECORD', `Expected a kind of records, got ${JSON.stringify(kind)}.`);
    return known;
  };
  return {
    format: FORMAT,
    count: (kind) =>
      session.read(async () => Number((await session.run(of(kind).count, [])).rows[0]?.['count'])),
    ids: (kind, range) =>
      session.read(async () => {
        const { rows } = await session.run(...of(kind).range('ids', range));
        return rows.map(idIn);
      }),
    get: (kind, ids) =>
      session.read(async () => {
        const { id, fromRow } = BULK_TABLES[kind];
        const { rows } = await session.run(of(kind).get, [ids]);
        return new Map(rows.map((row) => [row[id] as string, fromRow(row)]));
      }),
    checksum: (kind, range) =>
      session.read(async () => sumOf(await session.run(...of(kind).range('sum', range)))),
    changes: createChanges(session, of),
    apply: (kind, ids, read) =>
      session.write(async () => {
        const locks = ids.map((id) => `${schema}:${copyLock(kind, id)}`);
        return transaction(connections, async (run) => {
          await run(LOCK, [locks]);
          return makeSay({ kind, ids, statements: of(kind), run }, await read(ids));
        });
      }),
  };
}

type Run = (statement: Statement, params: readonly Param[]) => Promise<Result>;

interface Making {
  readonly kind: MovedKind;
  readonly ids: readonly string[];
  readonly statements: BulkStatements;
  readonly run: Run;
}

async function makeSay({ kind, ids, statements, run }: Making, records: RecordsById): Promise<Applied> {
  const table = BULK_TABLES[kind];
  const given = ids.flatMap((id) => records.get(id) ?? []);
  const absent = ids.filter((id) => !records.has(id));
  const rows = JSON.stringify(given.map((record) => rowOf(table, record)));
  if (table.isAppendOnly !== true) {
    const put = given.length === 0 ? 0 : (await run(statements.put, [rows])).count;
    const removed = absent.length === 0 ? 0 : (await run(statements.remove, [absent])).count;
    return { put, removed };
  }
  const put = given.length === 0 ? undefined : (await run(statements.put, [rows])).rows[0];
  const added = Number(put?.['added'] ?? 0);
  const others = JSON.parse(put?.['others'] ?? '[]') as string[];
  if (others.length + absent.length === 0) return { put: added, removed: 0 };
  await run(REMOVES, []);
  const { count } = await run(statements.remove, [[...others, ...absent]]);
  if (others.length > 0) await run(statements.put, [rows]);
  return { put: added + others.length, removed: count - others.length };
}

/** If it rejects, nothing was changed, except that OUTCOME_UNKNOWN leaves that open. */
async function transaction<T>(connections: Connections, action: (run: Run) => Promise<T>): Promise<T> {
  const connection: Connection = await connections.take(connections.patience);
  try {
    await connection.control('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
    const value = await action((statement, params) => connection.run(statement, params));
    await commit(connection);
    return value;
  } catch (error) {
    await rollBack(connection, 'ROLLBACK');
    throw translate(error, 'read');
  } finally {
    connection.release();
  }
}

async function commit(connection: Connection): Promise<void> {
  try {
    await connection.control('COMMIT');
  } catch (error) {
    throw translate(error, 'commit');
  }
}

function idIn(row: Row): string {
  return row['id'] as string;
}
