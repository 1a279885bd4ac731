import {
  validateId,
  validateStatus,
  validateStream,
  type Json,
  type NewStream,
  type StreamRecord,
  type StreamStore,
} from '../../contract/index.ts';
import { alreadyExists, notFound } from '../../contract/rules/refusals.ts';
import { parse, stringify } from '../sql/json.ts';
import { createList, createScan } from '../sql/pages.ts';
import {
  asText,
  checked,
  insertSql,
  optional,
  qualified,
  rowOf,
  selectList,
  STAMPED,
  timeColumns,
  timeIn,
  timeParams,
  type Buffer,
  type Column,
  type Param,
  type Row,
  type Session,
  type Statement,
} from '../sql/sql.ts';

export const COLUMNS: readonly Column[] = [
  ['id', 'text'],
  ['recipient', 'text'],
  ['rate', 'numeric'],
  ['schedule', 'text'],
  ['status', 'text'],
  ['token', 'text'],
  ['total_amount', 'numeric'],
  ['released_amount', 'numeric'],
  ['withdrawn_amount', 'numeric'],
  ['revision', 'bigint'],
  ['next_action', 'text'],
  ['settlement_tx_hash', 'text'],
  ['withdrawal', 'json'],
  ['further', 'json'],
  ...timeColumns('created_at'),
  ...timeColumns('updated_at'),
];

/** Creates the stream stores of `schema`, one per session. */
export function streamStores(schema: string): (session: Session) => StreamStore {
  const table = qualified(schema, 'streams');
  const { create, put, replace, remove } = statements(table);
  const get = streamGet(schema);
  const bufferPut = (buffer: Buffer, id: string, given: readonly Param[]): StreamRecord => {
    const params = given.with(UPDATED, given[UPDATED] ?? buffer.now);
    const surface = 'streams';
    buffer.add({ statement: replace, params, surface, id, unmet: () => notFound(surface, id) });
    return fromRow(rowOf(COLUMNS, params));
  };
  const listing = { name: 'streams', table, columns: COLUMNS, fromRow };
  const list = createList({
    ...listing,
    time: 'created_at',
    order: 'oldest-first',
    positionOf: ({ createdAt, id }: StreamRecord) => ({ timestamp: createdAt, id }),
  });
  const scan = createScan({ ...listing, id: 'id', idOf: (stream: StreamRecord) => stream.id });
  return (session) => ({
    create: (stream) =>
      session.write(async () => {
        validateStream(stream);
        const { id } = stream;
        const { rows } = await session.run(create, toParams(stream));
        if (rows[0] === undefined) throw alreadyExists('streams', id);
        return fromRow(rows[0]);
      }),
    get: (id) =>
      session.read(async () => {
        validateId(id);
        const { rows } = await session.run(get, [id]);
        return rows[0] === undefined ? undefined : fromRow(rows[0]);
      }),
    put: (stream) =>
      session.write(async () => {
        validateStream(stream);
        const { id } = stream;
        const { buffer } = session;
        // Without `createdAt`, only the database knows which record will be stored.
        if (buffer !== undefined && stream.createdAt !== undefined)
          return bufferPut(buffer, id, toParams(stream));
        const { rows } = await session.run(put, toParams(stream));
        if (rows[0] === undefined) throw notFound('streams', id);
        return fromRow(rows[0]);
      }),
    delete: (id) =>
      session.write(async () => {
        validateId(id);
        return (await session.run(remove, [id])).count > 0;
      }),
    list: (request) =>
      session.read(async () => {
        const { status } = request;
        if (status !== undefined) validateStatus(status);
        return list(session, request, status === undefined ? {} : { status });
      }),
    scan: (request) => session.read(() => scan(session, request)),
  });
}

/** The statement that finds the stream with an id. */
export function streamGet(schema: string): Statement {
  return {
    name: 'streams.get',
    kind: 'read',
    text: `SELECT ${selectList(COLUMNS)} FROM ${qualified(schema, 'streams')} WHERE id = $1::text`,
  };
}

/** The index of the update time in the result of `toParams`. */
const UPDATED = indexOf('updated_at') - 1;

function statements(table: string): Record<'create' | 'put' | 'replace' | 'remove', Statement> {
  const columns = selectList(COLUMNS);
  // A put without times keeps the creation time and stamps the update time. The digits belong to their time.
  const keep = (name: string, kept: string, param: string): string =>
    `CASE WHEN $${indexOf(name)}::timestamptz IS NULL THEN ${kept} ELSE ${param} END`;
  const assignments = COLUMNS.slice(1).map(([name, type]) => {
    const param = `$${indexOf(name)}::${type}`;
    if (name === 'created_at' || name === 'created_at_digits')
      return `${name} = ${keep('created_at', `stored.${name}`, param)}`;
    if (name === 'updated_at') return `${name} = coalesce(${param}, clock_timestamp())`;
    return `${name} = ${param}`;
  });
  const replacements = COLUMNS.slice(1).map(([name, type]) => `${name} = $${indexOf(name)}::${type}`);
  return {
    create: {
      name: 'streams.create',
      kind: 'write',
      // DO NOTHING instead of an error: an error would end the transaction and release its lock while the callback
      // runs.
      text: `${insertSql(table, COLUMNS, { created_at: STAMPED, updated_at: STAMPED })}
        ON CONFLICT (id) DO NOTHING RETURNING ${columns}`,
    },
    put: {
      name: 'streams.put',
      kind: 'write',
      text: `UPDATE ${table} AS stored SET ${assignments.join(', ')} WHERE id = $1::text RETURNING ${columns}`,
    },
    replace: {
      name: 'streams.replace',
      kind: 'write',
      text: checked(
        `UPDATE ${table} AS stored SET ${replacements.join(', ')} WHERE id = $1::text RETURNING 1`,
      ),
    },
    remove: { name: 'streams.delete', kind: 'write', text: `DELETE FROM ${table} WHERE id = $1::text` },
  };
}

function indexOf(name: string): number {
  return COLUMNS.findIndex(([column]) => column === name) + 1;
}

function toParams(stream: NewStream): Param[] {
  const {
    id,
    recipient,
    rate,
    schedule,
    status,
    token,
    totalAmount,
    releasedAmount,
    withdrawnAmount,
    revision,
    nextAction,
    settlementTxHash,
    withdrawal,
    createdAt,
    updatedAt,
    ...further
  } = stream as StreamRecord;
  return [
    id,
    recipient,
    rate,
    schedule,
    status,
    token,
    totalAmount,
    releasedAmount,
    withdrawnAmount,
    revision,
    nextAction ?? null,
    settlementTxHash ?? null,
    withdrawal === undefined ? null : stringify(withdrawal),
    stringify(further as Json),
    ...timeParams(createdAt),
    ...timeParams(updatedAt),
  ];
}

export function fromRow(row: Row): StreamRecord {
  return {
    id: row['id'] as string,
    recipient: row['recipient'] as string,
    rate: row['rate'] as string,
    schedule: row['schedule'] as string,
    status: row['status'] as StreamRecord['status'],
    token: row['token'] as string,
    totalAmount: row['total_amount'] as string,
    releasedAmount: row['released_amount'] as string,
    withdrawnAmount: row['withdrawn_amount'] as string,
    revision: Number(row['revision']),
    ...optional('nextAction', row['next_action'], asText),
    ...optional('settlementTxHash', row['settlement_tx_hash'], asText),
    ...optional('withdrawal', row['withdrawal'], parse),
    createdAt: timeIn(row, 'created_at'),
    updatedAt: timeIn(row, 'updated_at'),
    ...(parse(row['further'] as string) as Record<string, Json>),
  };
}
