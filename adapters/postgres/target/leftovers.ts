/**
 * Finds and removes the schemas of dead runs. A schema is removed only if it has a run's mark, if nobody holds that
 * run's lock at two checks, and if nothing outside the schema depends on it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { loadDriver } from '../driver.ts';
import { LIFE_KEY, MARK_PATTERN, readMark, SCHEMA_PREFIX, type MarkedRun } from './runMark.ts';

/** The time between the two checks, in milliseconds. A run that lost its session takes its lock again in less time. */
const LOOK_AGAIN_MS = 2_000;
/** How long to wait for a user of a schema, in milliseconds. */
const LOCK_MS = 5_000;
/**
 * How long to wait at the end of a run, for all of its schemas together, because the user is waiting for the run to
 * stop.
 */
const OWN_LOCK_MS = 500;
const OWN_MS = 2_000;

export interface FoundRun extends MarkedRun {
  readonly schemas: readonly string[];
}

/** The schemas that were found of runs of lockstep. */
export interface Leftovers {
  readonly removed: readonly FoundRun[];
  readonly alive: readonly FoundRun[];
  /** Schemas of dead runs, or of a version with another mark, each with the reason why it was left. */
  readonly kept: readonly { readonly schema: string; readonly why: string }[];
}

/** `12 schemas of the run of 2026-11-29 13:45:01 UTC on host`. */
export function describeRun({ schemas, began, host }: FoundRun): string {
  return `${schemas.length === 1 ? '1 schema' : `${schemas.length} schemas`} of the run of ${began} UTC on ${host}`;
}

/** Removes the schemas of dead runs. Rejects with the driver's error if the server cannot be queried. */
export async function removeLeftovers(url: string): Promise<Leftovers> {
  return await withClient(url, async (client) => {
    const { runs, unknown } = await findMarked(client);
    const kept = unknown.map((schema) => ({ schema, why: 'its comment is of another version of lockstep' }));
    const removed: FoundRun[] = [];
    const alive: FoundRun[] = [];
    const suspects: FoundRun[] = [];
    for (const found of runs) ((await isDead(client, found.run)) ? suspects : alive).push(found);
    if (suspects.length > 0) await delay(LOOK_AGAIN_MS);
    for (const found of suspects) {
      if (!(await lock(client, found.run))) {
        alive.push(found);
        continue;
      }
      const outcome = await removeAll(client, found);
      kept.push(...outcome.kept);
      if (outcome.removed.length > 0) removed.push({ ...found, schemas: outcome.removed });
      await unlock(client, found.run);
    }
    return { removed, alive, kept };
  });
}

/**
 * Removes the schemas of `run`, the caller's own run, at its end. What takes too long is left to the next run. Rejects
 * with the driver's error.
 */
export async function removeOwn(url: string, run: string): Promise<void> {
  await withClient(url, async (client) => {
    const until = performance.now() + OWN_MS;
    const { runs } = await findMarked(client);
    for (const schema of runs.find((found) => found.run === run)?.schemas ?? [])
      if (performance.now() < until) await remove(client, schema, run, OWN_LOCK_MS);
  });
}

/** The marked schemas, by run, and those with a mark of another version. Rejects with the driver's error. */
export async function findMarked(client: Client): Promise<{ runs: FoundRun[]; unknown: string[] }> {
  const { rows } = await client.query<{ schema: string; comment: string }>(
    `SELECT nspname AS schema, obj_description(oid, 'pg_namespace') AS comment FROM pg_namespace
      WHERE nspname LIKE $1 AND obj_description(oid, 'pg_namespace') LIKE $2 ORDER BY nspname`,
    // A user who wants to keep a schema renames it.
    [`${SCHEMA_PREFIX.replace('_', '\\_')}%`, MARK_PATTERN],
  );
  const runs = new Map<string, MarkedRun & { schemas: string[] }>();
  const unknown: string[] = [];
  for (const { schema, comment } of rows) {
    const mark = readMark(comment);
    if (mark === undefined) unknown.push(schema);
    else {
      const known = runs.get(mark.run) ?? { ...mark, schemas: [] };
      known.schemas.push(schema);
      runs.set(mark.run, known);
    }
  }
  return { runs: [...runs.values()], unknown };
}

async function isDead(client: Client, run: string): Promise<boolean> {
  const isFree = await lock(client, run);
  if (isFree) await unlock(client, run);
  return isFree;
}

async function lock(client: Client, run: string): Promise<boolean> {
  const { rows } = await client.query<{ free: boolean }>(`SELECT pg_try_advisory_lock(${LIFE_KEY}) AS free`, [
    run,
  ]);
  return rows[0]?.free === true;
}

async function unlock(client: Client, run: string): Promise<void> {
  await client.query(`SELECT pg_advisory_unlock(${LIFE_KEY})`, [run]);
}

interface Outcome {
  readonly removed: readonly string[];
  readonly kept: readonly { readonly schema: string; readonly why: string }[];
}

async function removeAll(client: Client, { schemas, run }: FoundRun): Promise<Outcome> {
  const removed: string[] = [];
  const kept: { schema: string; why: string }[] = [];
  for (const schema of schemas) {
    const why = await remove(client, schema, run, LOCK_MS);
    if (why === undefined) removed.push(schema);
    else kept.push({ schema, why });
  }
  return { removed, kept };
}

/**
 * Counts objects outside of the schema that the removal would change. All counts come from one snapshot, so that only
 * changes of this transaction are seen. Tables in pg_toast belong to other tables.
 */
const OUTSIDE = `SELECT
  (SELECT count(*) FROM pg_class WHERE relnamespace <> $1 AND relnamespace <> 'pg_toast'::regnamespace)
  + (SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE NOT attisdropped AND relnamespace <> $1 AND relnamespace <> 'pg_toast'::regnamespace)
  + (SELECT count(*) FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid WHERE relnamespace <> $1)
  + (SELECT count(*) FROM pg_constraint WHERE connamespace <> $1)
  + (SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE relnamespace <> $1 AND NOT tgisinternal)
  + (SELECT count(*) FROM pg_proc WHERE pronamespace <> $1) AS count`;

/** Removes a schema. Returns why it was left. Undefined: it is gone. */
async function remove(
  client: Client,
  schema: string,
  run: string,
  lockMs: number,
): Promise<string | undefined> {
  try {
    await client.query(
      `BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE; SET LOCAL lock_timeout = ${lockMs}`,
    );
    const why = await removeWithin(client, schema, run);
    await client.query(why === undefined ? 'COMMIT' : 'ROLLBACK');
    return why;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    return await reasonOf(client, schema, error);
  }
}

async function removeWithin(client: Client, schema: string, run: string): Promise<string | undefined> {
  const { rows } = await client.query<{ oid: string; comment: string }>(
    `SELECT oid::text, obj_description(oid, 'pg_namespace') AS comment FROM pg_namespace WHERE nspname = $1`,
    [schema],
  );
  const [found] = rows;
  // Another process has removed it, or has created another schema with this name.
  if (found === undefined) return undefined;
  if (readMark(found.comment)?.run !== run) return 'it is not the one that was found';
  const before = await countOutside(client, found.oid);
  await client.query(`DROP SCHEMA ${client.escapeIdentifier(schema)} CASCADE`);
  return before === (await countOutside(client, found.oid))
    ? undefined
    : 'something outside of it depends on it. Remove that first: DROP SCHEMA names it';
}

async function countOutside(client: Client, oid: string): Promise<string | undefined> {
  const { rows } = await client.query<{ count: string }>(OUTSIDE, [oid]);
  return rows[0]?.count;
}

async function reasonOf(client: Client, schema: string, error: unknown): Promise<string> {
  const { code, message } = error as { code?: string; message: string };
  if (code === '55P03') return 'somebody uses it. Try again later';
  if (code !== '42501') return message;
  const { rows } = await client.query<{ owner: string }>(
    'SELECT pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = $1',
    [schema],
  );
  return `it belongs to the role "${rows[0]?.owner ?? ''}", and this one may not remove it. Connect as that role`;
}

async function withClient<T>(url: string, action: (client: Client) => Promise<T>): Promise<T> {
  const { Client } = await loadDriver();
  const client = new Client({
    connectionString: url,
    application_name: 'lockstep clean',
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await action(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
