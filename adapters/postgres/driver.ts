/**
 * The only file that loads pg, and only when a connection is wanted.
 *
 * The driver fills in what a connection does not state from the variables of libpq (PGOPTIONS, PGSSLMODE, PGAPPNAME and a
 * dozen more). They were set for somebody else's server, and what is certified must not depend on the shell that it was
 * certified from: here they are not seen.
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
  // What is constructed in place of the class: its constructor reads the variables, and nothing does later.
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

/** The object is exchanged and nothing in it changed: to change the environment is not safe while other threads read it. */
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
