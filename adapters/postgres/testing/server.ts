/** One embedded server for a test file, and what tests do with it. */
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import type {
  ExportRepository,
  IdempotencyStore,
  LockedView,
  NewStream,
  StorageAdapter,
  StreamRepository,
} from '../../contract/index.ts';
import { Connections } from '../connection/connections.ts';
import { openAdapter } from '../open.ts';
import { dropNamespace, ensureNamespace, schemaOf } from '../target/namespace.ts';
import { resolveOptions, type PostgresOptions } from '../options.ts';
import { startEmbedded, type EmbeddedServer } from '../../provision/local/embedded.ts';

export const RUN = 'test-run';

/** An adapter with every surface, without the question marks. */
export type FullAdapter = StorageAdapter & {
  readonly streamRepository: Required<StreamRepository>;
  readonly idempotencyStore: IdempotencyStore;
  readonly exportRepository: ExportRepository;
};
export type FullView = Required<LockedView>;

export interface TestServer {
  readonly url: string;
  /** Opens an instance; it is closed after the file's tests. */
  open(namespace: string, options?: Partial<PostgresOptions>): Promise<FullAdapter>;
  /** As open, on a namespace that exists. */
  attach(namespace: string, options?: Partial<PostgresOptions>): Promise<FullAdapter>;
  drop(namespace: string): Promise<void>;
  /** Runs SQL as superuser, outside of any adapter. */
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
}

/** Starts a server before the file's tests and stops it after them. */
export function useServer(): TestServer {
  let server: EmbeddedServer | undefined;
  let client: pg.Client | undefined;
  const adapters: StorageAdapter[] = [];
  const connect = (namespace: string, options: Partial<PostgresOptions>): Promise<Connections> =>
    Connections.open(
      resolveOptions({ connectionString: serverUrl(), schema: schemaOf(namespace), ...options }),
    );
  const serverUrl = (): string => {
    if (server === undefined) throw new Error('Expected the server to have started.');
    return server.url;
  };

  const keep = (connections: Connections): FullAdapter => {
    const adapter = openAdapter(connections) as FullAdapter;
    adapters.push(adapter);
    return adapter;
  };

  beforeAll(async () => {
    server = await startEmbedded();
    client = new pg.Client(server.url);
    await client.connect();
  });
  afterAll(async () => {
    await Promise.all(adapters.map((adapter) => adapter.close()));
    await client?.end();
    await server?.stop();
  });
  return {
    get url() {
      return serverUrl();
    },
    async open(namespace, options = {}) {
      const connections = await connect(namespace, options);
      await ensureNamespace(connections, connections.options.schema, RUN);
      return keep(connections);
    },
    attach: async (namespace, options = {}) => keep(await connect(namespace, options)),
    async drop(namespace) {
      const connections = await connect(namespace, {});
      try {
        await dropNamespace(connections, connections.options.schema, RUN);
      } finally {
        await connections.close();
      }
    },
    async sql(text, values = []) {
      return ((await client?.query(text, values))?.rows ?? []) as Record<string, unknown>[];
    },
  };
}

export function stream(id: string, fields: Partial<NewStream> = {}): NewStream {
  return {
    id,
    recipient: 'GRECIPIENT',
    rate: '1',
    schedule: 'monthly',
    status: 'draft',
    token: 'USDC',
    totalAmount: '100',
    releasedAmount: '0',
    withdrawnAmount: '0',
    revision: 0,
    ...fields,
  };
}

/** A promise and the function that resolves it. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Holds the lock of `streamId` until `release` is called; resolves when it is held. */
export async function holdLock(
  adapter: FullAdapter,
  streamId: string,
): Promise<{ readonly release: () => Promise<void> }> {
  const held = gate();
  const done = gate();
  const section = adapter.streamRepository.withLock(streamId, async () => {
    held.open();
    await done.opened;
  });
  await Promise.race([held.opened, section]);
  return {
    release: () => {
      done.open();
      return section;
    },
  };
}

/** The code of what `promise` rejects with; `undefined` when it does not reject with a StorageError. */
export async function codeOfRejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return 'resolved';
}

/** Looks until `isTrue`, for at most ten seconds. */
export async function eventually(isTrue: () => Promise<boolean> | boolean): Promise<boolean> {
  for (let look = 0; look < 400; look += 1) {
    if (await isTrue()) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}
