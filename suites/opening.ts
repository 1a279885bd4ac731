/** Opens a target for its certification: imports it, starts its storage and tests it, in a pool of hosts. */
import { IdSpace, type Json } from '../adapters/contract/index.ts';
import { defined } from '../adapters/contract/defined.ts';
import {
  createHostPool,
  IMPORT_BOUND_MS,
  joined,
  START_BOUND_MS,
  StorageWatch,
  TRIAL_BOUND_MS,
  type Beside,
  type Host,
  type HostPool,
  type Loan,
  type LoadedTarget,
} from '../scenarios/host/index.ts';
import { hasCode } from '../scenarios/lockstepError.ts';
import { orStopped } from '../scenarios/orStopped.ts';
import type { Phase } from '../scenarios/phase.ts';
import type { CertifiedSubject, CertifyListener, CertifyOptions } from './certification.ts';
import { levelToAskFor } from './level.ts';

/** A target with a running storage, and what was learned about it before the first clause. */
export interface OpenedTarget {
  readonly pool: HostPool;
  /** The host that started the service. */
  readonly steward: Host;
  readonly connection: Json;
  readonly loaded: LoadedTarget;
  readonly storage: StorageWatch;
  readonly subject: CertifiedSubject;
  /** Stops the service and ends every host. Resolves to the errors outside any call. Rejects with TARGET_FAILED. */
  release(): Promise<Beside>;
}

/**
 * Rejects like `certify`, and with INTERRUPTED. Then nothing is left running. `maxHosts`: the most hosts at one time.
 */
export async function openTarget(
  options: CertifyOptions,
  maxHosts: number,
  listener: CertifyListener,
): Promise<OpenedTarget> {
  const { target, signal, inProcess, importModule } = options;
  const during = <T>(phase: Phase, work: Promise<T>): Promise<T> => {
    listener.phase?.(phase);
    return orStopped(work, signal);
  };
  const pool = createHostPool({
    target,
    maxHosts,
    inProcess,
    ...defined({ importModule }),
  });
  try {
    const importing = { what: `importing ${target.spec}`, atMostMs: IMPORT_BOUND_MS };
    const loan = await during(importing, pool.lend(1));
    const steward = loan.hosts[0] as Host;
    const loaded = await during(importing, steward.load(target));
    const requestedLevel = levelToAskFor(options, loaded.capabilities.crossInstance);
    const starting = { what: `starting the storage of ${target.spec}`, atMostMs: START_BOUND_MS };
    const { connection, environment, notes } = await during(starting, steward.start({ pg: options.pg }));
    const release = (): Promise<Beside> => stop(steward, loan, pool);
    try {
      const prefix = `ls${options.runId}_storage`;
      const trying = { what: `trying the storage of ${target.spec}`, atMostMs: TRIAL_BOUND_MS };
      const storage = await during(trying, StorageWatch.begin({ steward, connection, loaded, prefix }));
      const { surfaces } = storage;
      const subject = { ...factsOf(loaded), surfaces, storage: environment, notes, requestedLevel };
      return { pool, steward, connection, loaded, storage, subject, release };
    } catch (error) {
      await steward.request('stop', null);
      throw error;
    }
  } catch (error) {
    await pool.close();
    throw error;
  }
}

function factsOf({
  name,
  version,
  capabilities,
  settlement,
  ids,
}: LoadedTarget): Pick<CertifiedSubject, 'name' | 'version' | 'capabilities' | 'settlement' | 'idSpace'> {
  return { name, version, capabilities, settlement, ...(ids === null ? {} : { idSpace: new IdSpace(ids) }) };
}

async function stop(steward: Host, loan: Loan, pool: HostPool): Promise<Beside> {
  try {
    await steward.request('stop', null);
  } catch (error) {
    // The end of this process ended the service with it. What was learned remains valid.
    if (!hasCode(error, 'HOST_LOST') && !hasCode(error, 'INTERRUPTED')) {
      await loan.release();
      await pool.close();
      throw error;
    }
  }
  return joined([await loan.release(), await pool.close()]);
}
