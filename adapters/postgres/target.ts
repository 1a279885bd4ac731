/** The PostgreSQL adapter as a target, on an embedded server or on one that a URL names. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { defineTarget, type Json, type StartedService, type TargetDefinition } from '../contract/index.ts';
import { Connections } from './connections.ts';
import { openAdapter, POSTGRES_CAPABILITIES } from './index.ts';
import { dropNamespace, ensureNamespace, schemaOf } from './namespace.ts';
import { resolveOptions } from './options.ts';
import { startEmbedded } from './server/embedded.ts';
import { reach } from './server/reach.ts';

/** What `start` hands to `open` in other processes. `run` marks the namespaces of this run. */
const connectionSchema = z.strictObject({ url: z.string(), run: z.string() });

const target: TargetDefinition = defineTarget({
  name: 'postgres',
  version: '1.0.0',
  capabilities: POSTGRES_CAPABILITIES,
  start: ({ pg }) => (pg === 'embedded' ? startOnEmbedded() : startOnUrl(pg)),
  async open({ connection, namespace, instance }) {
    const { connections, run } = await connect(connection, namespace, `lockstep ${namespace} ${instance}`);
    try {
      await ensureNamespace(connections, run);
      return openAdapter(connections);
    } catch (error) {
      await connections.close();
      throw error;
    }
  },
  async destroy({ connection, namespace }) {
    const { connections, run } = await connect(connection, namespace, `lockstep ${namespace} destroy`);
    try {
      await dropNamespace(connections, run);
    } finally {
      await connections.close();
    }
  },
});

export default target;

async function startOnEmbedded(): Promise<StartedService> {
  const server = await startEmbedded();
  try {
    return {
      connection: { url: server.url, run: randomUUID() },
      environment: { source: 'embedded', ...((await reach(server.url)) as { [key: string]: Json }) },
      stop: () => server.stop(),
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function startOnUrl(url: string): Promise<StartedService> {
  const environment = (await reach(url)) as { [key: string]: Json };
  return { connection: { url, run: randomUUID() }, environment: { source: 'url', ...environment } };
}

async function connect(
  connection: Json,
  namespace: string,
  applicationName: string,
): Promise<{ readonly connections: Connections; readonly run: string }> {
  const { url, run } = connectionSchema.parse(connection);
  const options = resolveOptions({ connectionString: url, schema: schemaOf(namespace), applicationName });
  return { connections: await Connections.open(options), run };
}
