/** Changes the SQL that this process sends, whoever sends it. */
import type { QueryConfig } from 'pg';
import { loadDriver } from '../postgres/driver.ts';

type Query = (this: unknown, config: string | QueryConfig, ...rest: unknown[]) => unknown;

/** Patches the driver of this process, for good: a host process serves one variant. */
export async function rewriteSql(change: (sql: string) => string): Promise<void> {
  const prototype = (await loadDriver()).Client.prototype as unknown as { query: Query };
  const { query } = prototype;
  prototype.query = function (config, ...rest) {
    const changed = typeof config === 'string' ? change(config) : { ...config, text: change(config.text) };
    return query.call(this, changed, ...rest);
  };
}
