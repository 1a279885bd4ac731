/**
 * The way back, tried without taking it, while the old side decides: whether the storages refuse whom they must after the
 * authority has moved and moved back, whether the old side can store what the new one holds, and whether its lists go on
 * from the cursors of the new one. Nothing of it stays.
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
  /** Writers that were tried, of whom each had to be refused or accepted. */
  readonly writers: number;
  /** Records of the new side that were stored on the old one, and rolled back. */
  readonly records: number;
  /** Pages of the old side after cursors of the new one. */
  readonly pages: number;
  /** What did not go as it must, each in a sentence. */
  readonly failed: readonly string[];
}

/** Records of each kind that are tried. */
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

/** Whom each side must refuse and accept in the epoch in which the old one decides. */
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

/** A probe whose process died goes by itself. */
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

/** Runs it in a section that is rolled back; what it returned. */
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

/** Whether the side takes back what a section wrote that failed; where it does not, no record may be tried. */
async function rollsBack(side: StorageAdapter): Promise<boolean> {
  const token = ownToken(`rehearsal-${randomUUID()}`);
  await within(side, async (view) => {
    await view.idempotency?.insert({ ...ownRecord(token, null), ttlMs: PROBE_MS });
  });
  if ((await side.idempotencyStore?.get(token)) === undefined) return true;
  await side.idempotencyStore?.delete(token);
  return false;
}

/** The first records, and of a page the longest: what another storage refuses is long. */
async function sampleOf(stores: Stores, kind: MovedKind): Promise<Row[]> {
  const page = await scanOf(stores, kind)?.({ limit: 1000 });
  const rows = ((page?.items ?? []) as Row[]).filter(
    (row) => kind !== 'idempotency' || !isOwnToken(idOf(kind, row)),
  );
  const longest = rows.toSorted((a, b) => JSON.stringify(b).length - JSON.stringify(a).length);
  return [...new Set([...longest.slice(0, SAMPLE / 2), ...rows.slice(0, SAMPLE / 2)])];
}

/** Stores the record under an id like its own, and says what is wrong with what was stored. */
async function storeSibling(view: LockedView, kind: MovedKind, row: Row): Promise<string | undefined> {
  try {
    const [wanted, stored] = await STORE[kind](view, row);
    return same(stored, wanted) ? undefined : `it keeps it otherwise, in ${differing(stored as Row, wanted)}`;
  } catch (error) {
    const code = codeOf(error);
    // What somebody else has at that id says nothing of the record.
    if (code === 'ALREADY_EXISTS') return undefined;
    if (code === 'INVALID_RECORD' || code === 'INVALID_TOKEN' || code === 'UNSUPPORTED')
      return (error as Error).message;
    throw error;
  }
}

type Store = (view: LockedView, row: Row) => Promise<readonly [wanted: Row, stored: unknown]>;

const STORE: Readonly<Record<MovedKind, Store>> = {
  // As it is: both kinds can be replaced.
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
    // Deleted since, on the old side.
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

/** Rows of a page, and pages that are followed. */
const LIMIT = 7;
const PAGES = 3;
/** What is being written may show on one side first. */
const LOOKS = 5;

/** Follows cursors of the new side on the old one. */
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
