import {
  validateActivityEvent,
  validateId,
  type ActivityEvent,
  type ActivityStore,
  type NewActivityEvent,
  type Timestamp,
} from '../../contract/index.ts';
import { alreadyExists } from '../../contract/rules/refusals.ts';
import { parse, stringify } from '../sql/json.ts';
import { createList, createScan } from '../sql/pages.ts';
import {
  asText,
  insertSql,
  optional,
  plainInsertSql,
  qualified,
  rowOf,
  selectList,
  TAKEN,
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
  ['type', 'text'],
  ['stream_id', 'text'],
  ['description', 'text'],
  ['details', 'json'],
  ...timeColumns('occurred_at'),
];

/** Creates the activity stores of `schema`, one per session. The table itself refuses updates and deletes too. */
export function activityStores(schema: string): (session: Session) => ActivityStore {
  const table = qualified(schema, 'activity_events');
  const append: Statement = {
    name: 'activity.append',
    kind: 'write',
    // If the clock was set back, the order of a stream must not reverse, so the stamp is at least the stream's latest
    // time. Times that a caller gave (those with digits) do not count.
    text: `${insertSql(table, COLUMNS, {
      occurred_at: `coalesce($$, greatest(now, (
        SELECT latest.occurred_at FROM ${table} AS latest
        WHERE latest.stream_id = $3::text AND latest.occurred_at_digits IS NULL
        ORDER BY latest.occurred_at DESC, latest.id DESC LIMIT 1)))`,
    })}
      ON CONFLICT (id) DO NOTHING RETURNING ${selectList(COLUMNS)}`,
  };
  const appendNow: Statement = {
    name: 'activity.appendNow',
    kind: 'write',
    // A taken id is an error of the database, so that a COMMIT after it does not run.
    text: plainInsertSql(table, COLUMNS),
  };
  const bufferAppend = (buffer: Buffer, params: Params, time: Timestamp): ActivityEvent => {
    const stamped = [...params.slice(0, -2), params.at(-2) ?? time, params.at(-1) ?? null];
    const [surface, id] = ['activity' as const, params[0]];
    buffer.add({
      statement: appendNow,
      params: stamped,
      surface,
      id,
      unmet: () => alreadyExists(surface, id),
      unmetState: TAKEN,
    });
    return fromRow(rowOf(COLUMNS, stamped));
  };
  const listing = { name: 'activity', table, columns: COLUMNS, fromRow };
  const list = createList({
    ...listing,
    time: 'occurred_at',
    order: 'latest-first',
    positionOf: ({ timestamp, id }: ActivityEvent) => ({ timestamp, id }),
  });
  const scan = createScan({ ...listing, id: 'id', idOf: (event: ActivityEvent) => event.id });
  return (session) => ({
    append: (event) =>
      session.write(async () => {
        validateActivityEvent(event);
        const { id } = event;
        const params = toParams(event);
        const { buffer } = session;
        const time = event.timestamp ?? buffer?.eventTime(event.streamId);
        if (buffer !== undefined && time !== undefined) return bufferAppend(buffer, params, time);
        const { rows } = await session.run(append, params);
        if (rows[0] === undefined) throw alreadyExists('activity', id);
        return fromRow(rows[0]);
      }),
    list: (request) =>
      session.read(async () => {
        const { streamId, type } = request;
        if (streamId !== undefined) validateId(streamId, 'streamId');
        if (type !== undefined) validateId(type, 'type');
        return list(session, request, {
          ...(streamId === undefined ? {} : { stream_id: streamId }),
          ...(type === undefined ? {} : { type }),
        });
      }),
    scan: (request) => session.read(() => scan(session, request)),
  });
}

type Params = readonly [id: string, ...Param[]];

function toParams(event: NewActivityEvent): Params {
  const { id, type, streamId, description, details, timestamp } = event;
  return [
    id,
    type,
    streamId ?? null,
    description,
    details === undefined ? null : stringify(details),
    ...timeParams(timestamp),
  ];
}

export function fromRow(row: Row): ActivityEvent {
  return {
    id: row['id'] as string,
    type: row['type'] as string,
    ...optional('streamId', row['stream_id'], asText),
    timestamp: timeIn(row, 'occurred_at'),
    description: row['description'] as string,
    ...optional('details', row['details'], parse),
  };
}
