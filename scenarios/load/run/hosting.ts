/** The target's backing service during a run, in its own host. */
import { randomBytes } from 'node:crypto';
import type {
  Address,
  Capabilities,
  Json,
  StatedIdRule,
  TargetFault,
} from '../../../adapters/contract/index.ts';
import type { BesideEntry } from '../../evidence.ts';
import { requireFaults, sparedServer } from '../../faults/sparing.ts';
import {
  IMPORT_BOUND_MS,
  START_BOUND_MS,
  startHost,
  StorageWatch,
  TRIAL_BOUND_MS,
  type Host,
  type LoadedTarget,
} from '../../host/index.ts';
import { UNAVAILABLE } from '../../unavailable.ts';
import { told } from '../service/besideJournal.ts';
import type { RequestedLoad } from './options.ts';

export interface Hosting {
  readonly name: string;
  readonly version: string;
  readonly capabilities: Capabilities;
  /** The ids that the adapter accepts. Null: all. */
  readonly ids: StatedIdRule | null;
  readonly connection: Json;
  readonly environment: Json;
  readonly network: LoadedTarget['network'];
  /** The faults that can strike the storage without harming others. */
  readonly faults: readonly TargetFault[];
  /** Rejects with TARGET_FAILED, also if this machine cannot provide the fault. */
  strike(fault: TargetFault, namespace: string, instance: number): Promise<string>;
  heal(): Promise<void>;
  /** The address of the storage, and its connection through a proxy. */
  address(): Promise<Address>;
  through(address: Address): Promise<Json>;
  destroy(namespace: string): Promise<void>;
  /** See `failure` of StorageWatch. */
  storageFailure: StorageWatch['failure'];
  /**
   * Stops the service, if it was started here, and ends the host. Returns what happened besides its calls. Never
   * rejects.
   */
  end(): Promise<readonly BesideEntry[]>;
}

/**
 * Rejects with TARGET_FAILED, STORAGE_FAILED, HOST_LOST, INTERRUPTED, or with USAGE for faults that are not allowed.
 */
export async function startHosting(options: RequestedLoad): Promise<Hosting> {
  const { target, pg, connection: given, onPhase = () => {} } = options;
  onPhase({ what: `importing ${target.spec}`, atMostMs: IMPORT_BOUND_MS });
  const host = await startHost();
  try {
    const loaded = await host.load(target);
    const { name, version, capabilities, ids, network } = loaded;
    requireFaults(options.faults?.names ?? [], { spec: target.spec, offered: loaded }, options);
    onPhase({ what: `starting the storage of ${target.spec}`, atMostMs: START_BOUND_MS });
    const { connection, environment, notes = [] } = given ?? (await host.start({ pg }));
    for (const note of notes) options.onNote?.(note);
    onPhase({ what: `trying the storage of ${target.spec}`, atMostMs: TRIAL_BOUND_MS });
    const prefix = `load_storage_${randomBytes(6).toString('hex')}`;
    const storage = await StorageWatch.begin({ steward: host, connection, loaded, prefix });
    return {
      name,
      version,
      capabilities,
      ids,
      connection,
      environment,
      network,
      faults:
        sparedServer(options) === undefined
          ? loaded.faults
          : loaded.faults.filter((fault) => !loaded.faultsOnServer.includes(fault)),
      strike: async (fault, namespace, instance) => {
        const struck = await host.request('strike', { fault, connection, namespace, instance });
        if ('unavailable' in struck) throw new Error(`${fault} ${UNAVAILABLE}${struck.unavailable}`);
        return struck.proof;
      },
      heal: async () => void (await host.request('heal', null)),
      address: () => host.request('address', connection),
      through: (address) => host.request('through', { connection, address }),
      destroy: (namespace) => host.destroy(connection, namespace),
      storageFailure: (options) => storage.failure(options),
      end: () => endHost(host),
    };
  } catch (error) {
    await host.close();
    throw error;
  }
}

async function endHost(host: Host): Promise<readonly BesideEntry[]> {
  await host.close();
  const { strays } = host.takeBeside();
  return strays.map((stray) => ({ where: 'the process that started the storage', ...told(stray) }));
}
