/** The environments of a target, started when the first clause needs them and kept as long as the service. */
import type { Json } from '../adapters/contract/index.ts';
import type { Host } from '../scenarios/host/index.ts';
import { UNAVAILABLE } from '../scenarios/unavailable.ts';
import { SERVICE, type AnyProperty, type Subject } from './harness/engine/property.ts';
import type { ClauseResult } from './result.ts';

/** Where a property is checked, or why it cannot be. */
export type Settings =
  | {
      /** Names of the environments that its trials are run in, the simplest first. */
      readonly environments: readonly string[];
      /** Theirs and that of the service itself, by name. */
      readonly connections: ReadonlyMap<string, Json>;
    }
  | Pick<Required<ClauseResult>, 'status' | 'reason'>;

export interface EnvironmentsOptions {
  /** The host that started the service. */
  readonly steward: Host;
  readonly connection: Json;
  /** Names of those that the target offers. */
  readonly offered: readonly string[];
}

type Started = { readonly connection: Json } | { readonly unavailable: string };

export class Environments {
  readonly #options: EnvironmentsOptions;
  readonly #started = new Map<string, Promise<Started>>();

  constructor(options: EnvironmentsOptions) {
    this.#options = options;
  }

  /** Never rejects: an environment that does not start is an error of what the clause needs. */
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
    const starting = this.#options.steward.startEnvironment(name, this.#options.connection);
    this.#started.set(name, starting);
    return starting;
  }
}
