/**
 * Loads pg, on first use. No other file imports it.
 *
 * The driver takes settings that a connection does not state from libpq's variables (PGOPTIONS, PGSSLMODE, PGAPPNAME
 * and a dozen more). These were set for another server, and the result of a certification must not depend on the user's
 * shell. So the driver does not see them.
 */
import type pg from 'pg';
import type { ClientConfig, PoolConfig } from 'pg';

export type Driver = Pick<typeof pg, 'Client' | 'Pool' | 'escapeLiteral'>;

let loaded: Promise<Driver> | undefined;

export function loadDriver(): Promise<Driver> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Driver> {
  const { default: plain } = await import('pg');
  // Stands in for the class. Only the constructor reads the variables, so it runs without them.
  const Client = new Proxy(plain.Client, {
    construct: (target, args: [ClientConfig], made) =>
      withoutVariables(() => Reflect.construct(target, args, made) as object),
  });
  class Pool extends plain.Pool {
    constructor(config: PoolConfig) {
      super({ ...config, Client });
    }
  }
  return { Client, Pool, escapeLiteral: plain.escapeLiteral };
}

/** Replaces the whole object `process.env`: changing the environment itself is not safe while other threads read it. */
function withoutVariables<T>(make: () => T): T {
  const environment = process.env;
  process.env = ownEnvironment();
  try {
    return make();
  } finally {
    process.env = environment;
  }
}

/** The environment without libpq's variables. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^PG[A-Z]/.test(name)));
}
