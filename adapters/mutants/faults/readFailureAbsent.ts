import type { Client } from 'pg';
import type { IdempotencyRecord } from '../../contract/index.ts';
import { loadDriver } from '../../postgres/driver.ts';
import { liveReader } from '../../postgres/records/idempotency.ts';
import { applicationName, schemaOf } from '../../postgres/target/namespace.ts';
import type { Row, Session } from '../../postgres/sql/sql.ts';
import { replaceIdempotency } from '../idempotency/stores.ts';
import { extend, type Mutant, type Seed } from '../mutant.ts';

/** How long a reconnect takes, in milliseconds. */
const RECONNECT_MS = 250;

/** Tokens are read on a separate connection. A token that cannot be read counts as new. */
export const readFailureAbsent: Mutant = {
  name: 'read-failure-absent',
  origin:
    'cache.get(token).catch(() => null): while the token store reconnects, repeated requests are executed again.',
  clauses: ['IDEM-13'],
  bases: ['postgres'],
  mutate: async (adapter, seed) => {
    const tokens = await Tokens.open(seed);
    const reading = replaceIdempotency(adapter, (inner) => ({
      get: (token) => tokens.get(token).catch(() => undefined),
      // The other half of the bug: the answer is put, not inserted, so that nothing notices the second execution.
      insert: async (record) => (await inner.get(record.token)) ?? inner.insert(record),
    }));
    return extend(reading, { close: () => tokens.close().then(() => adapter.close()) });
  },
};

/** A connection that is opened again some time after it broke. */
class Tokens {
  readonly #seed: Seed;
  #client: Client | undefined;
  #isClosed = false;

  private constructor(seed: Seed) {
    this.#seed = seed;
  }

  static async open(seed: Seed): Promise<Tokens> {
    const tokens = new Tokens(seed);
    await tokens.#connect();
    return tokens;
  }

  async get(token: string): Promise<IdempotencyRecord | undefined> {
    const client = this.#client;
    if (client === undefined) throw new Error('not connected');
    const session: Session = {
      read: (action) => action(),
      write: (action) => action(),
      run: async ({ text }, params) => {
        const types = { getTypeParser: () => String };
        const { rows } = await client.query<Row>({ text, values: [...params], types });
        return { rows, count: rows.length, command: 'SELECT' };
      },
    };
    return await liveReader(schemaOf(this.#seed.options.namespace))(session, token);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#client?.end();
  }

  async #connect(): Promise<void> {
    const { Client } = await loadDriver();
    const { connection, namespace, instance } = this.#seed.options;
    const { url } = connection as { readonly url: string };
    const client = new Client({
      connectionString: url,
      application_name: applicationName(namespace, instance),
    });
    client.on('error', () => undefined);
    client.once('end', () => {
      this.#client = undefined;
      if (!this.#isClosed)
        setTimeout(() => void this.#connect().catch(() => undefined), RECONNECT_MS).unref();
    });
    await client.connect();
    this.#client = client;
  }
}
