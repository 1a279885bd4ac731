/** The target's backing service during a run, in a host of its own. */
import type { Address, Capabilities, Json, TargetFault } from '../../adapters/contract/index.ts';
import { startHost, type LoadedTarget } from '../host/index.ts';
import { UNAVAILABLE } from '../unavailable.ts';
import type { ResolvedLoad } from './options.ts';

export interface Hosting {
  readonly name: string;
  readonly version: string;
  readonly capabilities: Capabilities;
  readonly connection: Json;
  readonly environment: Json;
  /** What the target offers to be struck by. */
  readonly faults: LoadedTarget['faults'];
  readonly network: LoadedTarget['network'];
  /** Rejects with TARGET_FAILED; also when the fault cannot be had here. */
  strike(fault: TargetFault, namespace: string, instance: number): Promise<string>;
  heal(): Promise<void>;
  /** Where the storage listens, and its connection through a proxy. */
  address(): Promise<Address>;
  through(address: Address): Promise<Json>;
  destroy(namespace: string): Promise<void>;
  /** Stops the service, if it was started here, and ends the host. Never rejects. */
  end(): Promise<void>;
}

/** Rejects with TARGET_FAILED or HOST_LOST. */
export async function startHosting({ target, pg, connection: given }: ResolvedLoad): Promise<Hosting> {
  const host = await startHost();
  try {
    const { name, version, capabilities, faults, network } = await host.load(target);
    const { connection, environment } = given ?? (await host.start({ pg }));
    return {
      name,
      version,
      capabilities,
      connection,
      environment,
      faults,
      network,
      strike: async (fault, namespace, instance) => {
        const struck = await host.strike(fault, { connection, namespace, instance });
        if ('unavailable' in struck) throw new Error(`${fault} ${UNAVAILABLE}${struck.unavailable}`);
        return struck.proof;
      },
      heal: () => host.heal(),
      address: () => host.address(connection),
      through: (address) => host.through(connection, address),
      destroy: (namespace) => host.destroy(connection, namespace),
      end: () => host.close(),
    };
  } catch (error) {
    await host.close();
    throw error;
  }
}
