/**
 * The stored records and their lists, as data: one table per kind of record with its lists, for clauses about every
 * list.
 */
import {
  fromMicros,
  idempotencyToken,
  toMicros,
  type Surface,
  type Timestamp,
} from '../../../adapters/contract/index.ts';
import type { CallStep, Method } from '../../../scenarios/host/language/program.ts';
import { direct, streamOf } from './generate.ts';
import type { Scope, Subject } from '../engine/property.ts';

/** One record of a table, as a case describes it. */
export interface CaseRow {
  /** Unique in the trial. The id is derived from it. ASCII without spaces in tables with `asciiIds`. */
  readonly key: string;
  /** The row's time, in microseconds after the trial's base time. */
  readonly at: number;
  /** The least number of fractional digits of the time. Default 3; never fewer than the time needs. */
  readonly digits?: number;
  /** The row's time itself. Lists with such a row contain no rows of other trials. Default: `at` decides. */
  readonly moment?: Timestamp;
  /** Whether the row belongs to another stream, type, status or owner, so that scoped lists do not show it. */
  readonly away?: boolean;
}

export interface ListKind {
  /** A name for messages: `activity of one stream`. */
  readonly title: string;
  readonly method: Method;
  /** The order: by the record's time and then its id, or by the id alone. */
  readonly by: 'time' | 'id';
  readonly latestFirst: boolean;
  /** Whether it only shows rows that are not away. */
  readonly homeOnly: boolean;
  /** Whether it also shows rows of earlier trials, after those of this one. */
  readonly shared: boolean;
  /**
   * The request without limit and cursor. `home`: the id of the stream, type, owner or export of the rows that are not
   * away.
   */
  request(home: string): Readonly<Record<string, string>>;
}

export interface Table {
  readonly name: 'streams' | 'users' | 'activity' | 'idempotency' | 'jobs' | 'audit';
  readonly surface: Surface;
  /** A plural noun for messages. */
  readonly noun: string;
  readonly asciiIds: boolean;
  readonly idField: 'id' | 'walletAddress' | 'token';
  readonly timeField: 'createdAt' | 'timestamp' | 'requestedAt';
  readonly lists: readonly ListKind[];
  /** Stores a row. */
  create(row: CaseRow, scope: Scope): CallStep;
  /** Changes a stored row without affecting the order or the selection of any list. Absent: rows cannot be changed. */
  change?(row: CaseRow, scope: Scope): CallStep;
  /** Changes a stored row so that it is away. Absent: rows cannot become away. */
  leave?(row: CaseRow, scope: Scope): CallStep;
  /** Gives a stored row another time, by which lists sort. Absent: rows keep their times. */
  move?(row: CaseRow, scope: Scope): CallStep;
  /** Removes a stored row. Absent: rows cannot be removed. */
  remove?(row: CaseRow, scope: Scope): CallStep;
}

const BASE: bigint = toMicros('2030-01-01T00:00:00.000000Z');
/** So far in the future that nothing expires. */
const FAR: Timestamp = '2040-01-01T00:00:00.000000Z';
const FINGERPRINT = '0'.repeat(64);
const TOKEN_SCOPE = 'list';
/** How much later the time of a moved row is, in microseconds: after all other rows of its trial. */
const MOVED = 1000;

const HOME = 'home';
const AWAY = 'away';

/** A record must not end before it begins. */
function expiryOf({ moment = FAR }: CaseRow): Timestamp {
  return moment > FAR ? moment : FAR;
}

const placeOf = (row: CaseRow, scope: Scope): string => scope.id(row.away === true ? AWAY : HOME);

function list(title: string, method: Method, parts: Partial<ListKind> = {}): ListKind {
  const plain: ListKind = {
    title,
    method,
    by: method.endsWith('.scan') ? 'id' : 'time',
    latestFirst: false,
    homeOnly: false,
    shared: true,
    request: () => ({}),
  };
  return { ...plain, ...parts };
}

const STREAMS: Table = {
  name: 'streams',
  surface: 'streams',
  noun: 'streams',
  asciiIds: false,
  idField: 'id',
  timeField: 'createdAt',
  lists: [
    list('active streams', 'streams.list', { homeOnly: true, request: () => ({ status: 'active' }) }),
    list('streams', 'streams.list'),
    list('the scan of streams', 'streams.scan'),
  ],
  create: (row, scope) => direct('streams.create', streamRow(row, scope)),
  change: (row, scope) =>
    direct('streams.put', { ...streamRow(row, scope), revision: 1, nextAction: 'changed' }),
  leave: (row, scope) => direct('streams.put', { ...streamRow(row, scope), revision: 1, status: 'ended' }),
  move: (row, scope) =>
    direct('streams.put', { ...streamRow({ ...row, at: row.at + MOVED }, scope), revision: 1 }),
  remove: (row, scope) => direct('streams.delete', idOf(STREAMS, row, scope)),
};

function streamRow(row: CaseRow, scope: Scope): ReturnType<typeof streamOf> {
  return streamOf(idOf(STREAMS, row, scope), {
    status: row.away === true ? 'paused' : 'active',
    createdAt: timeOf(STREAMS, row, scope),
  });
}

const USERS: Table = {
  name: 'users',
  surface: 'users',
  noun: 'users',
  asciiIds: false,
  idField: 'walletAddress',
  timeField: 'createdAt',
  lists: [list('the scan of users', 'users.scan')],
  create: (row, scope) => direct('users.put', userRow(row, scope)),
  change: (row, scope) => direct('users.put', { ...userRow(row, scope), displayName: 'changed' }),
};

function userRow(row: CaseRow, scope: Scope): Readonly<Record<string, string>> {
  return { walletAddress: idOf(USERS, row, scope), createdAt: timeOf(USERS, row, scope) };
}

const ACTIVITY: Table = {
  name: 'activity',
  surface: 'activity',
  noun: 'events',
  asciiIds: false,
  idField: 'id',
  timeField: 'timestamp',
  lists: [
    list('activity of one stream', 'activity.list', {
      latestFirst: true,
      homeOnly: true,
      shared: false,
      request: (home) => ({ streamId: home }),
    }),
    list('activity of one type', 'activity.list', {
      latestFirst: true,
      homeOnly: true,
      shared: false,
      request: (home) => ({ type: home }),
    }),
    list('all activity', 'activity.list', { latestFirst: true }),
    list('the scan of activity', 'activity.scan'),
  ],
  create: (row, scope) =>
    direct('activity.append', {
      id: idOf(ACTIVITY, row, scope),
      type: placeOf(row, scope),
      streamId: placeOf(row, scope),
      timestamp: timeOf(ACTIVITY, row, scope),
      description: 'an event',
    }),
};

const IDEMPOTENCY: Table = {
  name: 'idempotency',
  surface: 'idempotency',
  noun: 'tokens',
  asciiIds: true,
  idField: 'token',
  timeField: 'createdAt',
  lists: [list('the scan of idempotency records', 'idempotency.scan')],
  create: (row, scope) =>
    direct('idempotency.insert', {
      token: idOf(IDEMPOTENCY, row, scope),
      fingerprint: FINGERPRINT,
      status: 200,
      body: '{}',
      createdAt: timeOf(IDEMPOTENCY, row, scope),
      expiresAt: expiryOf(row),
    }),
  remove: (row, scope) => direct('idempotency.delete', idOf(IDEMPOTENCY, row, scope)),
};

const JOBS: Table = {
  name: 'jobs',
  surface: 'exports',
  noun: 'jobs',
  asciiIds: false,
  idField: 'id',
  timeField: 'requestedAt',
  lists: [
    list('export jobs of one owner', 'jobs.list', {
      latestFirst: true,
      homeOnly: true,
      shared: false,
      request: (home) => ({ ownerId: home }),
    }),
    list('the scan of export jobs', 'jobs.scan'),
  ],
  create: (row, scope) =>
    direct('jobs.create', {
      id: idOf(JOBS, row, scope),
      ownerId: placeOf(row, scope),
      fileName: 'export.csv',
      requestedAt: timeOf(JOBS, row, scope),
      expiresAt: expiryOf(row),
    }),
  change: (row, scope) => direct('jobs.transition', idOf(JOBS, row, scope), ['pending'], 'processing'),
  remove: (row, scope) => direct('jobs.delete', idOf(JOBS, row, scope)),
};

const AUDIT: Table = {
  name: 'audit',
  surface: 'exports',
  noun: 'audit records',
  asciiIds: false,
  idField: 'id',
  timeField: 'timestamp',
  lists: [
    list('audit records of one export', 'audit.list', {
      homeOnly: true,
      shared: false,
      request: (home) => ({ exportId: home }),
    }),
    list('the scan of audit records', 'audit.scan'),
  ],
  create: (row, scope) =>
    direct('audit.append', {
      id: idOf(AUDIT, row, scope),
      exportId: placeOf(row, scope),
      type: 'export.downloaded',
      timestamp: timeOf(AUDIT, row, scope),
    }),
};

export const TABLES: readonly Table[] = [STREAMS, USERS, ACTIVITY, IDEMPOTENCY, JOBS, AUDIT];

/** The tables of the adapter. */
export function tablesOf(subject: Subject): Table[] {
  return TABLES.filter((table) => subject.surfaces.includes(table.surface));
}

/** The row's id in this trial. */
export function idOf(table: Table, row: CaseRow, scope: Scope): string {
  return table.idField === 'token' ? idempotencyToken(TOKEN_SCOPE, scope.asIs(row.key)) : scope.id(row.key);
}

/** The id of the stream, type, owner or export of the rows that are not away. */
export function homeOf(scope: Scope): string {
  return scope.id(HOME);
}

/** The row's time in this trial. In lists by time that trials share, it comes before the times of earlier trials. */
export function timeOf(table: Table, row: CaseRow, scope: Scope): Timestamp {
  if (row.moment !== undefined) return row.moment;
  const seconds = BigInt(scope.number) * 1_000_000n;
  const full = fromMicros(BASE + (table.name === 'activity' ? seconds : -seconds) + BigInt(row.at));
  const fraction = full
    .slice(-7, -1)
    .replace(/0+$/, '')
    .padEnd(row.digits ?? 3, '0')
    .padEnd(3, '0');
  return `${full.slice(0, -7)}${fraction}Z`;
}

/** The id of a listed item, if it has one. */
export function idIn(table: Table, item: unknown): string {
  const id = (item as Readonly<Record<string, unknown>> | null | undefined)?.[table.idField];
  return typeof id === 'string' ? id : `a record without ${table.idField}`;
}

/** The time of a listed item, if it has one. */
export function timeIn(table: Table, item: unknown): string | undefined {
  const time = (item as Readonly<Record<string, unknown>> | null | undefined)?.[table.timeField];
  return typeof time === 'string' ? time : undefined;
}

/** The id of a row in the form for messages. */
export function keyOf(id: string, scope: Scope): string {
  const prefix = `${TOKEN_SCOPE}:`;
  const name = scope.name(id.startsWith(prefix) ? id.slice(prefix.length) : id);
  return /^[\x21-\x7e]+$/.test(name) ? name : JSON.stringify(name);
}
