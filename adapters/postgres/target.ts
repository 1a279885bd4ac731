/** The PostgreSQL adapter as a target, on a server started for the run or on one that a URL names. */
import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import * as z from '../contract/zod.ts';
import {
  defineTarget,
  StorageError,
  type AttachOptions,
  type Capabilities,
  type EnvironmentOptions,
  type Json,
  type OfferedFault,
  type StartedEnvironment,
  type StartedService,
  type StorageAdapter,
  type Struck,
  type TargetDefinition,
  type UnavailableEnvironment,
} from '../contract/index.ts';
import { defined } from '../contract/defined.ts';
import { Connections } from './connection/connections.ts';
import { POSTGRES_CAPABILITIES } from './index.ts';
import {
  applicationName,
  dropNamespace,
  ensureNamespace,
  schemaOf,
  untilReplicated,
} from './target/namespace.ts';
import { openAdapter } from './open.ts';
import { resolveOptions, type LockKind, type PostgresOptions } from './options.ts';
import { createByteOrderDatabase } from './target/collation.ts';
import { exhaustConnections, restartEmbedded, terminateSessions } from './target/faults.ts';
import { startStandby, type EmbeddedServer } from '../provision/local/embedded.ts';
import type { LocalServer } from '../provision/local/localServer.ts';
import { findPgBouncer, PGBOUNCER_MISSING, startPooler } from '../provision/local/pooler.ts';
import { describeRun, findMarked, removeLeftovers, removeOwn } from './target/leftovers.ts';
import { checkStorage, reach } from './target/reach.ts';
import { RunLife } from './target/runLife.ts';
import { newRun } from './target/runMark.ts';
import { refuseWrites, type Refusal } from './target/refusals.ts';
import { serverName } from '../provision/serverUrl.ts';
import { startServerAt } from '../provision/startServer.ts';
import { parseWhere, type Where } from '../provision/where.ts';

/** What `start` passes to `open` in other processes. `run` marks the namespaces of this run. */
const connectionSchema = z.strictObject({
  url: z.string(),
  run: z.string(),
  /** The URL of a transaction pooler in front of the server at `url`; instances are opened through it. */
  pooled: z.string().optional(),
  /** The URL of a proxy in front of the server at `url`; instances are opened through it. */
  proxied: z.string().optional(),
  /** The URLs of several servers of one cluster, replicas among them. Instances get exactly these. */
  servers: z.array(z.string()).optional(),
  /** How many sections of an instance may run at once. */
  max: z.number().optional(),
});
type Connection = z.infer<typeof connectionSchema>;

const DEFAULT_PORT = 5432;
/** How much later a standby shows what the primary committed, in milliseconds: longer than a step takes. */
const LAG_MS = 1_000;
/** The number of sections. One more connection is opened, for calls outside sections. */
const SMALL_POOL = 2;

/** Creates the target for one way of locking. All of them start the same servers. */
export function postgresTarget(
  name: string,
  capabilities: Partial<Capabilities>,
  lock: LockKind,
): TargetDefinition {
  return defineTarget({
    name,
    version: '1.0.0',
    capabilities,
    start({ pg }) {
      const where = parseWhere(pg);
      return where === undefined || where.kind === 'url' ? startOnUrl(pg) : startOnOwn(where);
    },
    environments: {
      'pgbouncer-transaction': behindPgBouncer,
      'lagging-replica': (options) => besideStandby(options, (primary, standby) => [standby, primary]),
      'replica-only': (options) => besideStandby(options, (_, standby) => [standby]),
      'small-pool': ({ connection }) => {
        const { url, run } = connectionSchema.parse(connection);
        return { connection: { url, run, max: SMALL_POOL } };
      },
      'c-collation': inByteOrder,
    },
    faults: {
      'terminate-session': async ({ connection, namespace, instance }) =>
        await terminateSessions(connectionSchema.parse(connection).url, applicationName(namespace, instance)),
      'restart-storage': async ({ connection }) =>
        await restartServer(connectionSchema.parse(connection).url),
      'pool-exhaustion': async ({ connection, namespace }) =>
        await exhaustConnections(connectionSchema.parse(connection).url, applicationName(namespace)),
      'read-only': refusing('read-only'),
      'disk-full': refusing('disk-full'),
      'refused-records': refusing('refused-records'),
    },
    network: {
      address(connection) {
        const { hostname, port } = new URL(connectionSchema.parse(connection).url);
        return { host: hostname, port: Number(port === '' ? DEFAULT_PORT : port) };
      },
      through(connection, { host, port }) {
        const { url, run } = connectionSchema.parse(connection);
        const proxied = new URL(url);
        proxied.host = `${host}:${port}`;
        return { url, run, proxied: proxied.href };
      },
      protocol: 'postgresql',
    },
    async open({ connection, namespace, instance }) {
      const known = connectionSchema.parse(connection);
      const schema = schemaOf(namespace);
      await ensureNamespace(await maintenance(known.url), schema, known.run);
      for (const url of known.servers ?? []) if (url !== known.url) await untilReplicated(url, schema);
      const named = { schema, applicationName: applicationName(namespace, instance) };
      const options = resolveOptions({ ...named, lock, ...reachedBy(known) });
      return openAdapter(await Connections.open(options));
    },
    attach: (options) => attach(name, lock, options),
    checkStorage: ({ connection }) => checkStorage(connectionSchema.parse(connection).url),
    async destroy({ connection, namespace }) {
      const { url, run } = connectionSchema.parse(connection);
      await dropNamespace(await maintenance(url), schemaOf(namespace), run);
    },
  });
}

const target: TargetDefinition = postgresTarget('postgres', POSTGRES_CAPABILITIES, 'advisory');

export default target;

/** Opens the schema of an application, which lockstep did not create. */
async function attach(
  name: string,
  lock: LockKind,
  { pg, namespace: schema }: AttachOptions,
): Promise<StorageAdapter> {
  if (parseWhere(pg)?.kind !== 'url') throw noServer(name);
  const named = { schema, applicationName: applicationName(schema) };
  return openAdapter(await Connections.open(resolveOptions({ connectionString: pg, ...named, lock })));
}

/** The error for a server that lockstep would start: it would be empty, and gone after the command. */
function noServer(name: string): StorageError {
  return new StorageError(
    'UNSUPPORTED',
    `Expected the server where the storage of ${name} is, and no server was named. Give its URL with --pg or LOCKSTEP_PG.`,
  );
}

async function startOnOwn(where: Exclude<Where, { kind: 'url' }>): Promise<StartedService> {
  const server = await startServerAt(where);
  own.add(server.url);
  if (server.embedded !== undefined) embedded.set(server.url, { server: server.embedded });
  try {
    return {
      connection: { url: server.url, run: randomUUID() },
      environment: { ...server.origin, ...((await reach(server.url)) as { [key: string]: Json }) },
      async stop() {
        own.delete(server.url);
        embedded.delete(server.url);
        await endMaintenance(server.url);
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Others use that server too. So the run shows that it is alive, and removes what dead runs left. */
async function startOnUrl(url: string): Promise<StartedService> {
  const environment = (await reach(url)) as { [key: string]: Json };
  const run = newRun();
  const life = await RunLife.begin(url, run);
  return {
    connection: { url, run },
    environment: { source: 'url', ...environment },
    notes: await life
      .ask((client) => removeOthers(client, url))
      .catch((error: Error) => [
        `${serverName(url)}: could not be asked for what killed runs have left: ${error.message}`,
      ]),
    async stop() {
      await endMaintenance(url);
      // Removes namespaces that were not destroyed, for example because the run was killed.
      const { runs } = await life.ask(findMarked).catch(() => ({ runs: [] }));
      if (runs.some((found) => found.run === run)) await removeOwn(url, run).catch(() => undefined);
      await life.end();
    },
  };
}

/** Removes what dead runs left. Returns one line for the user, if there is anything to report. */
async function removeOthers(client: Client, url: string): Promise<string[]> {
  const { runs, unknown } = await findMarked(client);
  if (runs.length + unknown.length === 0) return [];
  const { removed, kept } = await removeLeftovers(url);
  const told = [
    ...removed.map((run) => `removed ${describeRun(run)}, which was killed`),
    ...(kept.length === 0 ? [] : [`left ${kept.length} alone; lockstep clean --pg URL says why`]),
  ];
  return told.length === 0 ? [] : [`${serverName(url)}: ${told.join('; ')}`];
}

/** Namespaces are created and removed on the server itself, not through the pooler, as migrations should be. */
async function behindPgBouncer({
  connection,
}: EnvironmentOptions): Promise<StartedEnvironment | UnavailableEnvironment> {
  const { url, run } = connectionSchema.parse(connection);
  const program = await findPgBouncer();
  if (program === undefined) return { unavailable: PGBOUNCER_MISSING };
  const pooler = await startPooler(program, url);
  return { connection: { url, run, pooled: pooler.url }, stop: () => pooler.stop() };
}

async function inByteOrder({
  connection,
}: EnvironmentOptions): Promise<StartedEnvironment | UnavailableEnvironment> {
  const { url, run } = connectionSchema.parse(connection);
  if (!own.has(url))
    return { unavailable: 'Databases are made on servers of lockstep alone. Use --pg embedded.' };
  const database = await createByteOrderDatabase(url);
  return { connection: { url: database, run }, stop: () => endMaintenance(database) };
}

/** A fault that refuses writes to the namespaces of this run only. */
function refusing(refusal: Refusal): OfferedFault {
  return {
    reach: 'run',
    strike: ({ connection, namespace }) =>
      refuseWrites(connectionSchema.parse(connection).url, schemaOf(namespace), refusal),
  };
}

async function restartServer(url: string): Promise<Struck | UnavailableEnvironment> {
  const started = embedded.get(url);
  if (started === undefined)
    return { unavailable: 'Only the embedded server can be made to crash. Use --pg embedded.' };
  return await restartEmbedded(started.server);
}

function reachedBy({
  url,
  pooled,
  proxied,
  servers,
  max,
}: Connection): Pick<PostgresOptions, 'connectionString' | 'preparedStatements' | 'max'> {
  if (pooled !== undefined) return { connectionString: pooled, preparedStatements: false };
  return { connectionString: servers ?? proxied ?? url, ...defined({ max }) };
}

/** The URLs of servers that this process started. */
const own = new Set<string>();
/** Those of them whose data is in a local directory, by URL. Only these can have a standby. */
const embedded = new Map<string, Embedded>();

interface Embedded {
  readonly server: EmbeddedServer;
  /** Started when the first environment needs it. */
  standby?: Promise<LocalServer>;
}

async function besideStandby(
  { connection }: EnvironmentOptions,
  order: (primary: string, standby: string) => string[],
): Promise<StartedEnvironment | UnavailableEnvironment> {
  const { url, run } = connectionSchema.parse(connection);
  const started = embedded.get(url);
  if (started === undefined) {
    return { unavailable: 'A standby is made of the embedded server alone. Use --pg embedded.' };
  }
  started.standby ??= startStandby(started.server, LAG_MS);
  const standby = await started.standby;
  // Both environments share the standby, and stopping it is idempotent.
  return { connection: { url, run, servers: order(url, standby.url) }, stop: () => standby.stop() };
}

/**
 * Connections for creating and removing namespaces, by URL. They are kept as long as the process or the service,
 * because a new backend needs ten times as long until its caches are filled.
 */
const maintaining = new Map<string, Promise<Connections>>();

function maintenance(url: string): Promise<Connections> {
  const kept = maintaining.get(url);
  if (kept !== undefined) return kept;
  // The schema is a placeholder: each statement names its own.
  const options = resolveOptions({ connectionString: url, schema: 'public', applicationName: 'lockstep' });
  const opened = Connections.open(options);
  maintaining.set(url, opened);
  return opened;
}

async function endMaintenance(url: string): Promise<void> {
  const connections = await maintaining.get(url);
  maintaining.delete(url);
  await connections?.close();
}
