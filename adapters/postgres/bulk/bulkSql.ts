/** The statements that copy and compare many records. */
import type { IdRange, MovedKind, RangeSum } from '../../contract/index.ts';
import type { BulkTable } from './bulkTables.ts';
import { qualified, selectList, type Param, type Result, type Row, type Statement } from '../sql/sql.ts';

export interface BulkStatements {
  readonly count: Statement;
  readonly get: Statement;
  /**
   * Inserts the given rows or updates existing ones. For an append-only table, returns the rows that it could not
   * change.
   */
  readonly put: Statement;
  readonly remove: Statement;
  readonly range: (what: 'ids' | 'sum' | 'idSum', range: IdRange) => readonly [Statement, readonly Param[]];
  /**
   * `$1`: the first transaction that counts, without its epoch. `$2`: how many transactions count. `$3`: the largest
   * number of ids.
   */
  readonly since: Statement;
}

/** Transaction ids repeat after this many transactions. */
export const IDS_OF_TRANSACTIONS: number = 2 ** 32;

export function bulkStatements(schema: string, kind: MovedKind, table: BulkTable): BulkStatements {
  const name = qualified(schema, table.name);
  const { id, live } = table;
  const counts = live === undefined ? '' : ` AND ${live}`;
  return {
    count: {
      name: `bulk.count.${kind}`,
      kind: 'read',
      text: `SELECT count(*) AS count FROM ${name} WHERE true${counts}`,
    },
    get: {
      name: `bulk.get.${kind}`,
      kind: 'read',
      text: `SELECT ${selectList(table.columns)} FROM ${name} WHERE ${id} = ANY ($1::text[])${counts}`,
    },
    put: { name: `bulk.put.${kind}`, kind: 'write', text: putSql(name, table) },
    remove: {
      name: `bulk.remove.${kind}`,
      kind: 'write',
      text: `DELETE FROM ${name} WHERE ${id} = ANY ($1::text[])`,
    },
    range(what, { after = '', upTo, limit }) {
      // A bound is part of the text only if it is given: PostgreSQL would not use the index for an optional condition.
      const last = upTo === undefined ? '' : ` AND ${id} <= $3::text`;
      const rows = `FROM ${name} WHERE ${id} > $1::text${last}${counts} ORDER BY ${id} LIMIT $2::bigint`;
      const bytes =
        what === 'sum'
          ? `sha256(convert_to(${canonicalSql(table)}, 'UTF8'))`
          : `convert_to(octet_length(${id}) || ':' || ${id}, 'UTF8')`;
      const text =
        what === 'ids'
          ? `SELECT ${id} AS id ${rows}`
          : `SELECT count(*) AS count, max(id) AS last,
              encode(sha256(coalesce(string_agg(bytes, ''::bytea ORDER BY id), ''::bytea)), 'hex') AS digest
              FROM (SELECT ${id} AS id, ${bytes} AS bytes ${rows}) AS summed`;
      const statement: Statement = {
        name: `bulk.${what}.${kind}${upTo === undefined ? '' : '.bounded'}`,
        kind: 'read',
        text,
      };
      return [statement, [after, limit ?? null, ...(upTo === undefined ? [] : [upTo])]];
    },
    since: {
      name: `bulk.since.${kind}`,
      kind: 'read',
      // A row stores the id of the transaction that wrote it, without the epoch, so the distance from the first one is
      // compared.
      text: `SELECT ${id} AS id FROM ${name}
        WHERE (xmin::text::bigint - $1::bigint + ${IDS_OF_TRANSACTIONS}) % ${IDS_OF_TRANSACTIONS} < $2::bigint${counts} LIMIT $3::bigint`,
    },
  };
}

/** A row as text that differs for different records. Stamped times have as many digits as their copies have. */
function canonicalSql({ columns }: BulkTable, row?: string): string {
  const values = columns.map(([column, type]) => {
    const name = row === undefined ? column : `${row}.${column}`;
    if (type === 'timestamptz') return `timestamptz_send(${name})`;
    if (type === 'json') return `${name}::text`;
    return column.endsWith('_digits') ? `coalesce(${name}, 6)` : name;
  });
  return `ROW(${values.join(', ')})::text`;
}

/** `$1`: the rows, as a JSON array of objects keyed by column. */
function putSql(name: string, table: BulkTable): string {
  const { columns, id, emptied = [] } = table;
  const names = columns.map(([column]) => column).join(', ');
  const given = `given AS (
      SELECT ${columns.map(([column, type]) => `${column}::${type}`).join(', ')}
      FROM json_to_recordset($1::json) AS row (${columns.map(([column]) => `${column} text`).join(', ')}))`;
  const insert = `INSERT INTO ${name} AS stored (${names}) SELECT ${names} FROM given`;
  const differs = (other: string): string =>
    `${canonicalSql(table, 'stored')} <> ${canonicalSql(table, other)}`;
  if (table.isAppendOnly !== true) {
    const assignments = columns.slice(1).map(([column]) => `${column} = excluded.${column}`);
    return `WITH ${given} ${insert} ON CONFLICT (${id}) DO UPDATE SET
      ${[...assignments, ...emptied.map((column) => `${column} = NULL`)].join(', ')}
      WHERE ${differs('excluded')}`;
  }
  // An append-only table refuses even an update that changes no row. So existing rows are only compared: the join sees
  // the table as it was before this statement.
  return `WITH ${given}, added AS (${insert} ON CONFLICT (${id}) DO NOTHING RETURNING 1)
    SELECT (SELECT count(*) FROM added) AS added, coalesce(json_agg(stored.${id}), '[]') AS others
    FROM ${name} AS stored JOIN given ON given.${id} = stored.${id} WHERE ${differs('given')}`;
}

/** The result of `sum` and `idSum`. */
export function sumOf({ rows }: Result): RangeSum {
  const { count, digest, last } = rows[0] as Row;
  return {
    count: Number(count),
    digest: digest as string,
    ...(last === null ? {} : { last: last as string }),
  };
}
