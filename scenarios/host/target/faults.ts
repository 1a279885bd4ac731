/** Strikes a target's storage with the faults that it offers, in the host that started it. */
import {
  DEFAULT_REACH,
  type Address,
  type FaultReach,
  type Json,
  type OfferedFault,
  type StrikeFault,
  type StrikeOptions,
  type Struck,
  type Target,
  type TargetFault,
  type UnavailableEnvironment,
} from '../../../adapters/contract/index.ts';
import { targetFailed } from '../process/failed.ts';
import { ask } from './service.ts';

/** How long a strike (including a restart of the storage) or its healing may take, in milliseconds. */
const STRIKE_BOUND_MS = 60_000;

/** Allows one lasting fault at a time: it must be healed before the next one strikes. */
export class HostedFaults {
  #lasting: { readonly target: Target; readonly heal: NonNullable<Struck['heal']> } | undefined;

  /** Rejects with TARGET_FAILED. */
  async strike(
    target: Target,
    fault: TargetFault,
    options: StrikeOptions,
  ): Promise<{ readonly proof: string } | UnavailableEnvironment> {
    const offered = target.faults?.[fault];
    if (offered === undefined) throw new Error(`Expected a fault that the target offers, got ${fault}.`);
    if (this.#lasting !== undefined) throw new Error('Expected the last fault to be healed first.');
    const what = `faults["${fault}"]`;
    const struck = await ask(target, 'fault', STRIKE_BOUND_MS, () => strikeOf(offered)(options), what);
    if (isUnavailable(struck)) return { unavailable: struck.unavailable };
    if (typeof struck?.proof !== 'string')
      throw targetFailed({
        stage: 'fault',
        kind: 'invalid-answer',
        message: `${what} of ${target.name}: expected { proof } or { unavailable: why }, got ${JSON.stringify(struck)?.slice(0, 80)}.`,
      });
    if (struck.heal !== undefined) this.#lasting = { target, heal: struck.heal.bind(struck) };
    return { proof: struck.proof };
  }

  /** Ends the lasting fault, if there is one. Rejects with TARGET_FAILED. */
  async heal(): Promise<void> {
    const lasting = this.#lasting;
    this.#lasting = undefined;
    if (lasting === undefined) return;
    await ask(lasting.target, 'fault', STRIKE_BOUND_MS, lasting.heal, 'heal() of a fault');
  }

  /** The address of the storage. Rejects with TARGET_FAILED. */
  address(target: Target, connection: Json): Promise<Address> {
    return network(target, 'network.address()', (offered) => offered.address(connection));
  }

  /** The connection through a proxy. Rejects with TARGET_FAILED. */
  through(target: Target, connection: Json, address: Address): Promise<Json> {
    return network(target, 'network.through()', (offered) => offered.through(connection, address));
  }
}

function strikeOf(offered: StrikeFault | OfferedFault): StrikeFault {
  return typeof offered === 'function' ? offered : (options) => offered.strike(options);
}

/** Who can be harmed by a fault that the target offers. */
export function reachOf(target: Target, fault: TargetFault): FaultReach | undefined {
  const offered = target.faults?.[fault];
  return typeof offered === 'object' ? offered.reach : offered && DEFAULT_REACH;
}

function isUnavailable(struck: Struck | UnavailableEnvironment): struck is UnavailableEnvironment {
  // Authors who write JavaScript may return anything.
  return typeof (struck as unknown) === 'object' && (struck as unknown) !== null && 'unavailable' in struck;
}

async function network<T>(
  target: Target,
  what: string,
  call: (offered: NonNullable<Target['network']>) => T,
): Promise<T> {
  const offered = target.network;
  if (offered === undefined) throw new Error('Expected a target that offers its network.');
  return await ask(target, 'network', STRIKE_BOUND_MS, () => call(offered), what);
}
