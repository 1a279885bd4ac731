/** Changes the SQL that this process sends. */
import type { QueryConfig } from 'pg';
import { loadDriver } from '../postgres/driver.ts';
import { Flight, type Part } from '../postgres/connection/flight.ts';

type Asked = string | QueryConfig | Flight;
type Query = (this: unknown, asked: Asked, ...rest: unknown[]) => unknown;

/** Patches the driver permanently, because a host process serves only one variant. */
export async function rewriteSql(change: (sql: string) => string): Promise<void> {
  const prototype = (await loadDriver()).Client.prototype as unknown as { query: Query };
  const { query } = prototype;
  prototype.query = function (asked, ...rest) {
    return query.call(this, changed(asked, change), ...rest);
  };
}

function changed(asked: Asked, change: (sql: string) => string): Asked {
  if (typeof asked === 'string') return change(asked);
  if (!(asked instanceof Flight)) return { ...asked, text: change(asked.text) };
  asked.parts = asked.parts.flatMap((part) => partsOf(part, change(part.text)));
  return asked;
}

/** A semicolon between two statements, outside of literals. */
const BETWEEN = /;\s+(?=(?:[^']*'[^']*')*[^']*$)/;

/** `text` may consist of several statements. Each is prepared separately, and the last one returns the result. */
function partsOf(part: Part, text: string): Part[] {
  if (text === part.text) return [part];
  return text.split(BETWEEN).map((one, at) => ({
    ...part,
    text: one,
    name: part.name === '' || at === 0 ? part.name : `${part.name}.${at}`,
    values: part.values.slice(0, parametersIn(one)),
  }));
}

function parametersIn(text: string): number {
  return Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
}
