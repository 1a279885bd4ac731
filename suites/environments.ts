/** The environments of a target. Each is started when the first clause needs it, and runs as long as the service. */
import type { Json } from '../adapters/contract/index.ts';
import type { Host } from '../scenarios/host/index.ts';
import { UNAVAILABLE } from '../scenarios/unavailable.ts';
import { SERVICE, type AnyProperty, type Subject } from './harness/engine/property.ts';
import type { ClauseResult } from './result.ts';

/** Where a property is checked, or why it cannot be checked. */
export type Settings =
  | {
      /** The names of the environments in which its trials run, the simplest first. */
      readonly environments: readonly string[];
      /** The connections of these environments and of the service itself, by name. */
      readonly connections: ReadonlyMap<string, Json>;
    }
  | Pick<Required<ClauseResult>, 'status' | 'reason'>;

export interface EnvironmentsOptions {
  /** The host that started the service. */
  readonly steward: Host;
  readonly connection: Json;
  /** The names of the environments that the target offers. */
  readonly offered: readonly string[];
}

type Started = { readonly connection: Json } | { readonly unavailable: string };

export class Environments {
  readonly #options: EnvironmentsOptions;
  readonly #started = new Map<string, Promise<Started>>();

  constructor(options: EnvironmentsOptions) {
    this.#options = options;
  }

  /** Never rejects. If an environment does not start, the clauses that need it have an error. */
  async settingsFor(definition: AnyProperty, subject: Subject): Promise<Settings> {
    try {
      return await this.#settingsFor(definition, subject);
    } catch (error) {
      return { status: 'error', reason: (error as Error).message };
    }
  }

  async #settingsFor(definition: AnyProperty, subject: Subject): Promise<Settings> {
    const { connection, offered } = this.#options;
    const environments = [...(definition.environments?.(subject) ?? [SERVICE])];
    const connections = new Map([[SERVICE, connection]]);
    for (const name of environments.filter((one) => one !== SERVICE)) {
      if (!offered.includes(name)) {
        return { status: 'not-run', reason: `the target offers no environment "${name}"` };
      }
      const started = await this.#start(name);
      if ('unavailable' in started) {
        return {
          status: 'unverified',
          reason: `its environment "${name}" ${UNAVAILABLE}${started.unavailable}`,
        };
      }
      connections.set(name, started.connection);
    }
    for (const name of (definition.alsoIn ?? []).filter((one) => offered.includes(one))) {
      const started = await this.#start(name);
      if ('unavailable' in started) continue;
      environments.push(name);
      connections.set(name, started.connection);
    }
    return { environments, connections };
  }

  #start(name: string): Promise<Started> {
    const known = this.#started.get(name);
    if (known !== undefined) return known;
    const { steward, connection } = this.#options;
    const starting = steward.request('startEnvironment', { name, connection });
    this.#started.set(name, starting);
    return starting;
  }
}
