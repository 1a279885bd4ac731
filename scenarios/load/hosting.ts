/** The target's backing service during a run, in a host of its own. */
import type { Capabilities, Json } from '../../adapters/contract/index.ts';
import { startHost } from '../host/index.ts';
import type { ResolvedLoad } from './options.ts';

export interface Hosting {
  readonly name: string;
  readonly version: string;
  readonly capabilities: Capabilities;
  readonly connection: Json;
  readonly environment: Json;
  destroy(namespace: string): Promise<void>;
  /** Stops the service, if it was started here, and ends the host. Never rejects. */
  end(): Promise<void>;
}

/** Rejects with TARGET_FAILED or HOST_LOST. */
export async function startHosting({ target, pg, connection: given }: ResolvedLoad): Promise<Hosting> {
  const host = await startHost();
  try {
    const { name, version, capabilities } = await host.load(target);
    const { connection, environment } = given ?? (await host.start({ pg }));
    return {
      name,
      version,
      capabilities,
      connection,
      environment,
      destroy: (namespace) => host.destroy(connection, namespace),
      end: () => host.close(),
    };
  } catch (error) {
    await host.close();
    throw error;
  }
}
