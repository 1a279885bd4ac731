/** What is stored and what is listed, as data: one table a kind of record, with its lists, for clauses about every list. */
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

/** One record of a table, as a case names it. */
export interface CaseRow {
  /** Unique in the trial; the id is made of it. ASCII without spaces in tables with `asciiIds`. */
  readonly key: string;
  /** Microseconds after the trial's base time. */
  readonly at: number;
  /** The fewest fractional digits of its time. Default 3: as few as say it. */
  readonly digits?: number;
  /** Its time itself. The lists that hold it are no other trial's. Default: `at` says it. */
  readonly moment?: Timestamp;
  /** Not at home: in another stream, of another type, status or owner, so that scoped lists lack it. */
  readonly away?: boolean;
}

export interface ListKind {
  /** For messages: `activity of one stream`. */
  readonly title: string;
  readonly method: Method;
  /** What it is sorted by: the record's time and then the id, or the id alone. */
  readonly by: 'time' | 'id';
  readonly latestFirst: boolean;
  /** Whether it shows rows at home only. */
  readonly homeOnly: boolean;
  /** Whether rows of earlier trials are in it too, behind those of this one. */
  readonly shared: boolean;
  /** The request without limit and cursor; `home` is the id of the stream, type, owner or export of the rows at home. */
  request(home: string): Readonly<Record<string, string>>;
}

export interface Table {
  readonly name: 'streams' | 'users' | 'activity' | 'idempotency' | 'jobs' | 'audit';
  readonly surface: Surface;
  /** For messages, plural. */
  readonly noun: string;
  readonly asciiIds: boolean;
  readonly idField: 'id' | 'walletAddress' | 'token';
  readonly timeField: 'createdAt' | 'timestamp' | 'requestedAt';
  readonly lists: readonly ListKind[];
  /** Stores a row. */
  create(row: CaseRow, scope: Scope): CallStep;
  /** Changes a stored row in what no list sorts or selects by; absent: rows never change. */
  change?(row: CaseRow, scope: Scope): CallStep;
  /** Changes a stored row at home so that it is no longer there; absent: rows never are. */
  leave?(row: CaseRow, scope: Scope): CallStep;
  /** Gives a stored row another time, by which lists sort; absent: rows keep theirs. */
  move?(row: CaseRow, scope: Scope): CallStep;
  /** Absent: rows are never removed. */
  remove?(row: CaseRow, scope: Scope): CallStep;
}

const BASE: bigint = toMicros('2030-01-01T00:00:00.000000Z');
/** Far enough that nothing expires. */
const FAR: Timestamp = '2040-01-01T00:00:00.000000Z';
const FINGERPRINT = '0'.repeat(64);
const TOKEN_SCOPE = 'list';
/** How much later the time of a row is that moves, in microseconds: behind all others of its trial. */
const MOVED = 1000;

const HOME = 'home';
const AWAY = 'away';

/** No record ends before it begins. */
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

/** The tables that the adapter has. */
export function tablesOf(subject: Subject): Table[] {
  return TABLES.filter((table) => subject.surfaces.includes(table.surface));
}

/** The row's id in this trial. */
export function idOf(table: Table, row: CaseRow, scope: Scope): string {
  return table.idField === 'token' ? idempotencyToken(TOKEN_SCOPE, scope.asIs(row.key)) : scope.id(row.key);
}

/** The id of the stream, type, owner or export that rows at home belong to. */
export function homeOf(scope: Scope): string {
  return scope.id(HOME);
}

/** The row's time in this trial: in every list by time that trials share, before the times of earlier trials. */
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

/** The id of a listed item, as far as it has one. */
export function idIn(table: Table, item: unknown): string {
  const id = (item as Readonly<Record<string, unknown>> | null | undefined)?.[table.idField];
  return typeof id === 'string' ? id : `a record without ${table.idField}`;
}

/** The time of a listed item, as far as it has one. */
export function timeIn(table: Table, item: unknown): string | undefined {
  const time = (item as Readonly<Record<string, unknown>> | null | undefined)?.[table.timeField];
  return typeof time === 'string' ? time : undefined;
}

/** An id of a row as messages show it. */
export function keyOf(id: string, scope: Scope): string {
  const prefix = `${TOKEN_SCOPE}:`;
  const name = scope.name(id.startsWith(prefix) ? id.slice(prefix.length) : id);
  return /^[\x21-\x7e]+$/.test(name) ? name : JSON.stringify(name);
}
