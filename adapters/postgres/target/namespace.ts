/** Namespaces: schemas that lockstep creates and marks. Only lockstep removes them. */
import { setTimeout as delay } from 'node:timers/promises';
import { StorageError } from '../../contract/index.ts';
import type { Connection } from '../connection/connection.ts';
import type { Connections } from '../connection/connections.ts';
import { loadDriver } from '../driver.ts';
import { translate } from '../errors.ts';
import { lockMigrations, migrate } from '../schema/migrate.ts';
import { markOf, SCHEMA_PREFIX } from './runMark.ts';
import type { Statement } from '../sql/sql.ts';

/** The name of the schema of a namespace. */
export function schemaOf(namespace: string): string {
  return `${SCHEMA_PREFIX}${namespace}`;
}

/** The application name of sessions, by which a fault finds the sessions of a namespace or of one instance. */
export function applicationName(namespace: string, instance?: number): string {
  return `lockstep ${namespace} ${instance ?? ''}`;
}

const FIND: Statement = {
  name: 'namespace.find',
  kind: 'read',
  text: `SELECT obj_description(oid, 'pg_namespace') AS marker FROM pg_namespace WHERE nspname = $1::text`,
};

/**
 * The form of a run's id in the mark of a schema. The mark protects the data of a run from other runs. The id can be
 * used in SQL text without quoting.
 */
const RUN = /^[a-z0-9-]{1,64}$/;

/**
 * Creates the namespace `schema` of `run` with its tables, unless it exists. Safe if several processes do so at the
 * same time. Errors: CONFLICT if the schema exists and this run did not create it, UNAVAILABLE.
 */
export async function ensureNamespace(connections: Connections, schema: string, run: string): Promise<void> {
  if (!RUN.test(run)) throw new TypeError(`Expected a run id that matches ${RUN}, got ${run}`);
  await withConnection(connections, async (connection) => {
    if (await isOurs(connection, schema, run)) return;
    await inTransaction(connection, async () => {
      await lockMigrations(connection, schema);
      // Check again, because the previous holder of the lock has created the schema.
      if (await isOurs(connection, schema, run)) return;
      await connection.control(
        `CREATE SCHEMA "${schema}"; COMMENT ON SCHEMA "${schema}" IS '${markOf(run)}'`,
      );
      await migrate(connection, schema);
    });
  });
}

/**
 * Removes the namespace `schema` and everything in it. Does nothing if it does not exist. Errors: CONFLICT if `run` did
 * not create it, UNAVAILABLE if somebody uses it.
 */
export async function dropNamespace(connections: Connections, schema: string, run: string): Promise<void> {
  await withConnection(connections, async (connection) => {
    await inTransaction(connection, async () => {
      await lockMigrations(connection, schema);
      if (await isOurs(connection, schema, run)) await connection.control(`DROP SCHEMA "${schema}" CASCADE`);
    });
  });
}

/** How often to check whether a replica has a namespace, and the time between two checks in milliseconds. */
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
    // Discard the connection: its end also ends the transaction, whatever state it is in.
    connection.doubt();
    throw translate(error, 'read');
  } finally {
    connection.release();
  }
}

async function inTransaction(connection: Connection, action: () => Promise<void>): Promise<void> {
  // READ COMMITTED, because the statement after the wait for the lock must see what others created in the meantime.
  await connection.control('START TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE');
  await action();
  await connection.control('COMMIT');
}
