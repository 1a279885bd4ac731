/** One process of the outage benchmark: instances of the migrating adapter, and writers on each of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json, Migration, Stage, StorageAdapter } from '../../../adapters/contract/index.ts';
import { createMemoryAdapter } from '../../../adapters/memory/index.ts';
import { createMigratingAdapter } from '../../../adapters/migration/index.ts';
import { createPostgresAdapter } from '../../../adapters/postgres/index.ts';
import { serveCommands } from '../../../scenarios/load/run/channel.ts';
import { Writers } from './writers.ts';

export interface OpenInstances {
  readonly do: 'open';
  /** The URL of the old side. Undefined: the old side is in the memory of this process. */
  readonly old?: string;
  readonly new: string;
  readonly schema: string;
  readonly stage: Stage;
  readonly instances: number;
}

export type OutageCommand =
  | OpenInstances
  /** Calls a member of the surface `migration` on the first instance. */
  | { readonly do: 'migrate'; readonly member: keyof Migration; readonly args: readonly Json[] }
  /** `writers`: the number of writers on each instance. */
  | { readonly do: 'write'; readonly writers: number }
  | { readonly do: 'stretch'; readonly ms: number }
  | { readonly do: 'stop' }
  | { readonly do: 'close' };

/** What was written in one stretch. */
export interface Stretch {
  /** For each section, when it began after the start of the stretch, and how long it took, in milliseconds. */
  readonly sections: readonly { readonly from: number; readonly ms: number }[];
  readonly errors: readonly string[];
}

type Migrating = StorageAdapter & { readonly migration: Migration };

let adapters: Migrating[] = [];
let loads: Writers[] = [];

serveCommands(async (command: OutageCommand): Promise<unknown> => {
  switch (command.do) {
    case 'open':
      return await open(command);
    case 'migrate': {
      const member = adapters[0]?.migration[command.member] as (...args: readonly Json[]) => unknown;
      return (await member(...command.args)) ?? null;
    }
    case 'write':
      loads = adapters.map((adapter) => new Writers(adapter, command.writers));
      return null;
    case 'stretch':
      return await stretch(command.ms);
    case 'stop':
      await Promise.all(loads.map((load) => load.stop()));
      return null;
    case 'close':
      for (const adapter of adapters) await adapter.close();
      return null;
    default:
      throw new TypeError(`Unknown command: ${JSON.stringify(command satisfies never)}`);
  }
});

async function open({ old, new: other, schema, stage, instances }: OpenInstances): Promise<null> {
  adapters = [];
  for (let count = 0; count < instances; count += 1)
    adapters.push(
      createMigratingAdapter({
        old:
          old === undefined
            ? createMemoryAdapter({ namespace: schema, clock: Date.now })
            : await createPostgresAdapter({ connectionString: old, schema }),
        new: await createPostgresAdapter({ connectionString: other, schema }),
        stage,
      }) as Migrating,
    );
  return null;
}

async function stretch(ms: number): Promise<Stretch> {
  for (const load of loads) load.forget();
  const began = performance.now();
  await sleep(ms);
  const written = loads.flatMap((load) => load.written);
  return {
    sections: written.map((one) => ({ from: one.at - one.ms - began, ms: one.ms })),
    errors: loads.flatMap((load) => load.errors).map(String),
  };
}
