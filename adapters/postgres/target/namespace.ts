/** Namespaces: schemas that lockstep creates, marks, and alone removes. */
import { setTimeout as delay } from 'node:timers/promises';
import { StorageError } from '../../contract/index.ts';
import type { Connection } from '../connection/connection.ts';
import type { Connections } from '../connection/connections.ts';
import { loadDriver } from '../driver.ts';
import { translate } from '../errors.ts';
import { lockMigrations, migrate } from '../schema/migrate.ts';
import { markOf, SCHEMA_PREFIX } from './runMark.ts';
import type { Statement } from '../sql/sql.ts';

/** The schema of a namespace. */
export function schemaOf(namespace: string): string {
  return `${SCHEMA_PREFIX}${namespace}`;
}

/** Sessions show it, so that a fault finds those of a namespace, or of one instance. */
export function applicationName(namespace: string, instance?: number): string {
  return `lockstep ${namespace} ${instance ?? ''}`;
}

const FIND: Statement = {
  name: 'namespace.find',
  kind: 'read',
  text: `SELECT obj_description(oid, 'pg_namespace') AS marker FROM pg_namespace WHERE nspname = $1::text`,
};

/** A run's id in the mark of a schema, by which another run's data is nobody else's to read, write or drop: what may stand in SQL text without quoting. */
const RUN = /^[a-z0-9-]{1,64}$/;

/**
 * Creates the namespace `schema` of `run` with its tables if it is not there. Safe when several do so at once.
 * Errors: CONFLICT when the schema exists and this run did not make it, UNAVAILABLE.
 */
export async function ensureNamespace(connections: Connections, schema: string, run: string): Promise<void> {
  if (!RUN.test(run)) throw new TypeError(`Expected a run id that matches ${RUN}, got ${run}`);
  await withConnection(connections, async (connection) => {
    if (await isOurs(connection, schema, run)) return;
    await inTransaction(connection, async () => {
      await lockMigrations(connection, schema);
      // Looked up again: whoever had the lock before has made it.
      if (await isOurs(connection, schema, run)) return;
      await connection.control(
        `CREATE SCHEMA "${schema}"; COMMENT ON SCHEMA "${schema}" IS '${markOf(run)}'`,
      );
      await migrate(connection, schema);
    });
  });
}

/**
 * Removes the namespace `schema` and everything in it; nothing happens when there is none.
 * Errors: CONFLICT when `run` did not make it, UNAVAILABLE when somebody uses it.
 */
export async function dropNamespace(connections: Connections, schema: string, run: string): Promise<void> {
  await withConnection(connections, async (connection) => {
    await inTransaction(connection, async () => {
      await lockMigrations(connection, schema);
      if (await isOurs(connection, schema, run)) await connection.control(`DROP SCHEMA "${schema}" CASCADE`);
    });
  });
}

/** How often to look whether a replica has a namespace, and how long to wait between two looks, in milliseconds. */
const REPLICA_LOOKS = 500;
const REPLICA_LOOK_MS = 20;

/** Waits until the replica at `url` shows the namespace `schema`. Errors: UNAVAILABLE. */
export async function untilReplicated(url: string, schema: string): Promise<void> {
  const { Client } = await loadDriver();
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    for (let look = 0; look < REPLICA_LOOKS; look += 1) {
      const { rowCount } = await client.query(FIND.text, [schema]);
      if (rowCount === 1) return;
      await delay(REPLICA_LOOK_MS);
    }
  } catch (error) {
    throw translate(error, 'connect');
  } finally {
    await client.end().catch(() => undefined);
  }
  throw new StorageError(
    'UNAVAILABLE',
    `Expected the replica to show schema "${schema}" within ${REPLICA_LOOKS * REPLICA_LOOK_MS} ms, but it does not.`,
  );
}

async function isOurs(connection: Connection, schema: string, run: string): Promise<boolean> {
  const { rows } = await connection.run(FIND, [schema]);
  if (rows[0] === undefined) return false;
  if (rows[0]['marker'] === markOf(run)) return true;
  throw new StorageError(
    'CONFLICT',
    `Expected schema "${schema}" to be absent or made by this run, but it exists. Choose another namespace, or drop the schema if nobody needs it.`,
    { details: { schema } },
  );
}

async function withConnection(
  connections: Connections,
  action: (connection: Connection) => Promise<void>,
): Promise<void> {
  const connection = await connections.take(connections.patience);
  try {
    await action(connection);
  } catch (error) {
    // Half done or not, the transaction ends with its connection.
    connection.doubt();
    throw translate(error, 'read');
  } finally {
    connection.release();
  }
}

async function inTransaction(connection: Connection, action: () => Promise<void>): Promise<void> {
  // READ COMMITTED: after the wait for the lock the next statement must see what was made meanwhile.
  await connection.control('START TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE');
  await action();
  await connection.control('COMMIT');
}
