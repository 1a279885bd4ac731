/**
 * Tries the way back without taking it, while the old side decides. It finds out three things: whether the storages refuse
 * the writers that they must refuse after the authority has moved and moved back, whether the old side can store what the
 * new side holds, and whether lists of the old side continue from cursors of the new side. Nothing is left behind.
 */
import { randomUUID } from 'node:crypto';
import {
  codeOf,
  type LockedView,
  type MovedKind,
  type StorageAdapter,
  type Writer,
} from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import { writeJob } from '../copies/jobs.ts';
import { idOf, listOf, scanOf, type Row } from '../sides/kinds.ts';
import { isOwnToken, ownRecord, ownToken } from '../sides/owed.ts';
import { same, storesOf, type Stores } from '../sides/sides.ts';
import { stateOf, type OperatedSides } from './ownTokens.ts';

export interface Rehearsal {
  /** How many writers were tried. Each had to be refused, or had to be accepted. */
  readonly writers: number;
  /** How many records of the new side were stored on the old side and rolled back. */
  readonly records: number;
  /** How many pages of the old side were read with cursors of the new side. */
  readonly pages: number;
  /** What went wrong, one sentence each. */
  readonly failed: readonly string[];
}

/** How many records of each kind are tried. */
const SAMPLE = 50;

export async function rehearse(sides: OperatedSides): Promise<Rehearsal> {
  const writers = await tryWriters(sides);
  const records = await tryRecords(sides);
  const pages = await tryCursors(sides);
  return {
    writers: writers.tried,
    records: records.tried,
    pages: pages.tried,
    failed: [...writers.failed, ...records.failed, ...pages.failed],
  };
}

interface Tried {
  readonly tried: number;
  readonly failed: readonly string[];
}

/** Tries the writers that each side must refuse, or accept, in the epoch in which the old side decides. */
async function tryWriters({ old, new: other }: OperatedSides): Promise<Tried> {
  const { epoch } = await stateOf(old);
  const cases: readonly (readonly ['old' | 'new', Writer, boolean])[] = [
    ['old', { epoch, role: 'deciding' }, true],
    ['old', { epoch, role: 'copying' }, false],
    ['old', { epoch: epoch + 1, role: 'deciding' }, false],
    ['old', { epoch: epoch + 1, role: 'copying' }, false],
    ['new', { epoch, role: 'copying' }, true],
    ['new', { epoch, role: 'deciding' }, false],
    ['new', { epoch: epoch + 1, role: 'deciding' }, false],
    ['new', { epoch: epoch + 1, role: 'copying' }, false],
  ];
  const failed: string[] = [];
  for (const [name, writer, isAccepted] of cases) {
    const side = name === 'old' ? old : other;
    const was = await accepts(side, writer);
    const who = `a ${writer.role} writer of epoch ${writer.epoch}`;
    if (was === isAccepted) continue;
    failed.push(`the ${name} side ${isAccepted ? 'refuses' : 'accepts'} ${who} in epoch ${epoch}`);
  }
  return { tried: cases.length, failed };
}

async function accepts(side: StorageAdapter, writer: Writer): Promise<boolean> {
  const store = side.authority?.as(writer).idempotencyStore;
  const token = ownToken(`rehearsal-${randomUUID()}`);
  try {
    await store?.insert({ ...ownRecord(token, null), ttlMs: PROBE_MS });
  } catch (error) {
    if (codeOf(error) === 'FENCED') return false;
    throw error;
  }
  await store?.delete(token);
  return true;
}

/** A probe expires by itself if its process dies. */
const PROBE_MS = 60_000;

const ROLLED_BACK = Symbol('rolled back');

/** Stores records of the new side on the old one, in a section that is rolled back. */
async function tryRecords({ old, new: other }: OperatedSides): Promise<Tried> {
  const { epoch } = await stateOf(old);
  const side = old.authority?.as({ epoch, role: 'deciding' }) ?? old;
  if (!(await rollsBack(side))) return { tried: 0, failed: [] };
  const failed: string[] = [];
  let tried = 0;
  for (const kind of ['streams', 'users', 'activity', 'idempotency', 'jobs', 'audit'] as const) {
    for (const row of await sampleOf(storesOf(other), kind)) {
      const problem = await within(side, (view) => storeSibling(view, kind, row));
      tried += 1;
      if (problem !== undefined)
        failed.push(`the old side cannot store ${kind} ${JSON.stringify(idOf(kind, row))}: ${problem}`);
    }
  }
  return { tried, failed };
}

/** Runs the action in a section that is rolled back. Returns what the action returned. */
async function within<T>(side: StorageAdapter, action: (view: LockedView) => Promise<T>): Promise<T> {
  let value: { readonly of: T } | undefined;
  try {
    await side.streamRepository?.withLock?.(`migration-rehearsal-${randomUUID()}`, async (view) => {
      value = { of: await action(view) };
      throw ROLLED_BACK;
    });
  } catch (error) {
    if (error !== ROLLED_BACK) throw error;
  }
  return (value as { readonly of: T }).of;
}

/** Whether the side rolls back the writes of a section that fails. If it does not, no record may be tried. */
async function rollsBack(side: StorageAdapter): Promise<boolean> {
  const token = ownToken(`rehearsal-${randomUUID()}`);
  await within(side, async (view) => {
    await view.idempotency?.insert({ ...ownRecord(token, null), ttlMs: PROBE_MS });
  });
  if ((await side.idempotencyStore?.get(token)) === undefined) return true;
  await side.idempotencyStore?.delete(token);
  return false;
}

/** The first records of a page and its longest ones, because a storage is most likely to refuse long records. */
async function sampleOf(stores: Stores, kind: MovedKind): Promise<Row[]> {
  const page = await scanOf(stores, kind)?.({ limit: 1000 });
  const rows = ((page?.items ?? []) as Row[]).filter(
    (row) => kind !== 'idempotency' || !isOwnToken(idOf(kind, row)),
  );
  const longest = rows.toSorted((a, b) => JSON.stringify(b).length - JSON.stringify(a).length);
  return [...new Set([...longest.slice(0, SAMPLE / 2), ...rows.slice(0, SAMPLE / 2)])];
}

/** Stores the record under an id like its own. Returns what is wrong with the stored record. */
async function storeSibling(view: LockedView, kind: MovedKind, row: Row): Promise<string | undefined> {
  try {
    const [wanted, stored] = await STORE[kind](view, row);
    return same(stored, wanted) ? undefined : `it keeps it otherwise, in ${differing(stored as Row, wanted)}`;
  } catch (error) {
    const code = codeOf(error);
    // A record that somebody else has at that id proves nothing about this one.
    if (code === 'ALREADY_EXISTS') return undefined;
    if (code === 'INVALID_RECORD' || code === 'INVALID_TOKEN' || code === 'UNSUPPORTED')
      return (error as Error).message;
    throw error;
  }
}

type Store = (view: LockedView, row: Row) => Promise<readonly [wanted: Row, stored: unknown]>;

const STORE: Readonly<Record<MovedKind, Store>> = {
  // Under its own id: records of both kinds can be replaced.
  streams: async (view, row) => [row, await putStream(view, row)],
  users: async (view, row) => [row, await view.users?.put(row as never)],
  activity: async (view, row) => {
    const event = { ...row, id: sibling(row['id'] as string) };
    return [event, await view.activity?.append(event as never)];
  },
  idempotency: async (view, row) => {
    const record = { ...row, token: sibling(row['token'] as string) };
    return [record, await view.idempotency?.insert(record as never)];
  },
  jobs: async (view, row) => {
    const job = { ...row, id: sibling(row['id'] as string) };
    if (view.exports === undefined) return [job, job];
    await writeJob(view.exports.jobs, job.id, undefined, job as never);
    return [job, await view.exports.jobs.get(job.id)];
  },
  audit: async (view, row) => {
    const record = { ...row, id: sibling(row['id'] as string) };
    return [record, await view.exports?.audit.append(record as never)];
  },
};

async function putStream(view: LockedView, row: Row): Promise<unknown> {
  try {
    return await view.streams?.put(row as never);
  } catch (error) {
    // It has been deleted on the old side since.
    if (codeOf(error) !== 'NOT_FOUND') throw error;
    return view.streams?.create(row as never);
  }
}

/** An id of the same length and the same kinds of characters. */
export function sibling(id: string): string {
  const at = id.search(/[a-z0-9](?=[^a-z0-9]*$)/i);
  if (at < 0) return `${id}1`;
  const next: Readonly<Record<string, string>> = { z: 'a', Z: 'A', '9': '0', f: 'a', F: 'A' };
  const was = id[at] as string;
  return id.slice(0, at) + (next[was] ?? String.fromCharCode(was.charCodeAt(0) + 1)) + id.slice(at + 1);
}

function differing(stored: Row | undefined, wanted: Row): string {
  const fields = [...new Set([...Object.keys(stored ?? {}), ...Object.keys(wanted)])].sort();
  return fields.filter((field) => !same(stored?.[field], wanted[field])).join(', ');
}

/** How many rows a page has, and how many pages are read. */
const LIMIT = 7;
const PAGES = 3;
/** Pages that differ are read again, because a write in progress may show on one side first. */
const LOOKS = 5;

/** Continues lists of the old side with cursors of the new side. */
async function tryCursors({ old, new: other }: OperatedSides): Promise<Tried> {
  const failed: string[] = [];
  let tried = 0;
  for (const kind of ['streams', 'activity'] as const) {
    const [there, back] = [listOf(storesOf(other), kind, undefined), listOf(storesOf(old), kind, undefined)];
    if (there === undefined || back === undefined) continue;
    let cursor: string | undefined;
    for (let page = 0; page < PAGES; page += 1) {
      const request = { limit: LIMIT, ...defined({ cursor }) };
      let [left, right] = [await there(request), await back(request)];
      for (let again = 1; again < LOOKS && !same(left.items, right.items); again += 1)
        [left, right] = [await there(request), await back(request)];
      tried += 1;
      if (!same(left.items, right.items))
        failed.push(
          `the old side goes on otherwise after a cursor of the new one: ${kind}, page ${page + 1} of ${LIMIT}`,
        );
      cursor = left.nextCursor;
      if (cursor === undefined) break;
    }
  }
  return { tried, failed };
}
