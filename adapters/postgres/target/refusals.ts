/**
 * Makes a storage refuse writes, like PostgreSQL does when it is read-only or has no space left: by triggers on the
 * tables of one schema.
 */
import type { Client } from 'pg';
import type { Struck } from '../../contract/index.ts';
import { withClient } from './faultClient.ts';

/** Codes from the PostgreSQL manual, "PostgreSQL Error Codes", with the server's messages. */
const REFUSALS = {
  'read-only': {
    state: '25006',
    says: 'cannot execute INSERT in a read-only transaction',
    each: 'STATEMENT',
    when: '',
  },
  'disk-full': {
    state: '53100',
    says: 'could not extend file "base/5/16384": No space left on device',
    each: 'STATEMENT',
    when: '',
  },
  // Refuses one record in eight, whoever writes it.
  'refused-records': {
    state: '54000',
    says: 'index row size 2712 exceeds btree version 4 maximum 2704 for index "streams_by_recipient"',
    each: 'ROW',
    when: 'WHEN (hashtext(NEW.id) % 8 = 0)',
  },
} as const;
export type Refusal = keyof typeof REFUSALS;

const NAME = 'refuses_writes';
/** How long writers may have to wait for the creation of a trigger, in milliseconds, and how often it is tried. */
const LOCK_TIMEOUT_MS = 500;
const TRIES = 40;
/** Tables of records that have an `id`. */
const WITH_ID = ['streams', 'activity_events', 'export_jobs'];

/** Refuses writes until it is healed. Healing rejects if no write was refused in the meantime. */
export async function refuseWrites(url: string, schema: string, refusal: Refusal): Promise<Struck> {
  const { state, says, each, when } = REFUSALS[refusal];
  const tables = await withClient(url, async (client) => {
    await client.query(`CREATE SEQUENCE "${schema}".${NAME};
      CREATE FUNCTION "${schema}".${NAME}() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM nextval('"${schema}".${NAME}');
        RAISE EXCEPTION '${says}' USING ERRCODE = '${state}';
      END $$`);
    const named = each === 'ROW' ? WITH_ID : await tablesOf(client, schema);
    const events = each === 'ROW' ? 'INSERT OR UPDATE' : 'INSERT OR UPDATE OR DELETE OR TRUNCATE';
    for (const table of named)
      // By its name, this trigger runs after the trigger that judges writers, so that writers get that answer first.
      await tried(
        client,
        `CREATE TRIGGER ${NAME} BEFORE ${events} ON "${schema}"."${table}"
          FOR EACH ${each} ${when} EXECUTE FUNCTION "${schema}".${NAME}()`,
      );
    return named;
  });
  return {
    proof: `writes to ${tables.length} tables of ${schema} were refused with ${state}`,
    heal: () => withClient(url, (client) => heal(client, schema, tables)),
  };
}

async function heal(client: Client, schema: string, tables: readonly string[]): Promise<void> {
  for (const table of tables) await tried(client, `DROP TRIGGER IF EXISTS ${NAME} ON "${schema}"."${table}"`);
  const { rows } = await client.query<{ is_called: boolean }>(`SELECT is_called FROM "${schema}".${NAME}`);
  await client.query(`DROP FUNCTION "${schema}".${NAME}(); DROP SEQUENCE "${schema}".${NAME}`);
  if (rows[0]?.is_called !== true) throw new Error(`nobody wrote to ${schema} while it refused`);
}

/** All tables that can be written, including locks and leases, because a full disk affects all of them. */
async function tablesOf(client: Client, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = $1::regnamespace ORDER BY 1`,
    [`"${schema}"`],
  );
  return rows.map(({ name }) => name);
}

/** Runs a statement with a short lock timeout. A statement that waits for a table makes others wait behind it. */
async function tried(client: Client, sql: string): Promise<void> {
  for (let left = TRIES; ; left -= 1) {
    try {
      await client.query(`SET lock_timeout = ${LOCK_TIMEOUT_MS}`);
      await client.query(sql);
      return;
    } catch (error) {
      if (!RETRIED.includes((error as { code?: string }).code ?? '') || left === 0) throw error;
    }
  }
}

/** The codes of a lock timeout and of a deadlock. */
const RETRIED = ['55P03', '40P01'];
