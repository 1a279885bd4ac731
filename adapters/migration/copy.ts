/**
 * Copies one record as the old side has it now. What is copied is the state, never a change: copies may come twice and in
 * any order.
 *
 * After a copy the old side is read again, and what has changed meanwhile is copied again. So the sides are equal when
 * the last of several copies of one record has ended, whoever else wrote meanwhile, without a lock.
 */
import { codeOf, StorageError, type Awaitable } from '../contract/index.ts';
import { appended } from './appended.ts';
import { writeJob } from './jobs.ts';
import type { Owed } from './owed.ts';
import { both, everyRow, same, type Sides } from './sides.ts';

/** How often a record may change while it is copied. */
const ROUNDS = 20;
const PAGE = 100;

/** One record of both sides. */
interface Twin<T> {
  /** As the old side has it. */
  wanted(): Awaitable<T | undefined>;
  /** As the new side has it. */
  there(): Awaitable<T | undefined>;
  /** Makes the new side say `wanted`. */
  write(there: T | undefined, wanted: T | undefined): Promise<void>;
}

/** Copies what is owed; whether the new side was changed. Rejects with what a side rejects with. */
export async function copy(sides: Sides, owed: Owed): Promise<boolean> {
  switch (owed.kind) {
    case 'activity':
    case 'audit':
      return append(sides, owed);
    case 'jobs':
      return owed.id === undefined ? copyJobs(sides) : copyTwin(jobTwin(sides, owed.id), owed);
    case 'streams':
      return copyTwin(streamTwin(sides, owed.id), owed);
    case 'users':
      return copyTwin(userTwin(sides, owed.id), owed);
    case 'idempotency':
      return copyTwin(replayTwin(sides, owed.id), owed);
    default:
      return owed satisfies never;
  }
}

async function append(
  sides: Sides,
  owed: Extract<Owed, { readonly kind: 'activity' | 'audit' }>,
): Promise<boolean> {
  const stores = both(sides, owed.kind);
  const record = stores === undefined ? undefined : await appended(sides.from, owed);
  if (stores === undefined || record === undefined) return false;
  try {
    await (stores.to as { append(row: unknown): Awaitable<unknown> }).append(record);
    return true;
  } catch (error) {
    // It is there already: an appended record never changes.
    if (codeOf(error) === 'ALREADY_EXISTS') return false;
    throw error;
  }
}

/** Which job a worker was given an entry cannot say: it is written before. */
async function copyJobs(sides: Sides): Promise<boolean> {
  const jobs = both(sides, 'jobs');
  let changed = false;
  if (jobs === undefined) return changed;
  for await (const { id } of everyRow((request) => jobs.from.scan(request), PAGE)) {
    const copied = await copyTwin(jobTwin(sides, id), { kind: 'jobs', id });
    changed ||= copied;
  }
  return changed;
}

function streamTwin(sides: Sides, id: string): Twin<object> | undefined {
  const streams = both(sides, 'streams');
  if (streams === undefined) return undefined;
  return {
    wanted: () => streams.from.get(id),
    there: () => streams.to.get(id),
    async write(there, wanted) {
      if (wanted === undefined) await streams.to.delete(id);
      else if (there === undefined) await streams.to.create(wanted as never);
      else await streams.to.put(wanted as never);
    },
  };
}

function userTwin(sides: Sides, id: string): Twin<object> | undefined {
  const users = both(sides, 'users');
  if (users === undefined) return undefined;
  return {
    wanted: () => users.from.get(id),
    there: () => users.to.get(id),
    async write(_, wanted) {
      // A user is never removed: there is none when the write that owed it did not happen.
      if (wanted !== undefined) await users.to.put(wanted as never);
    },
  };
}

function replayTwin(sides: Sides, id: string): Twin<object> | undefined {
  const tokens = both(sides, 'idempotency');
  if (tokens === undefined) return undefined;
  return {
    wanted: () => tokens.from.get(id),
    there: () => tokens.to.get(id),
    async write(there, wanted) {
      if (there !== undefined) await tokens.to.delete(id);
      if (wanted !== undefined) await tokens.to.insert(wanted as never);
    },
  };
}

function jobTwin(sides: Sides, id: string): Twin<object> | undefined {
  const jobs = both(sides, 'jobs');
  if (jobs === undefined) return undefined;
  return {
    wanted: () => jobs.from.get(id),
    there: () => jobs.to.get(id),
    write: (there, wanted) => writeJob(jobs.to, id, there as never, wanted as never),
  };
}

async function copyTwin(twin: Twin<object> | undefined, { kind, id }: Owed): Promise<boolean> {
  if (twin === undefined) return false;
  let changed = false;
  let wanted = await twin.wanted();
  for (let round = 0; round < ROUNDS; round += 1) {
    const written = await make(twin, wanted);
    changed ||= written === 'written';
    const now = await twin.wanted();
    if (written !== 'overtaken' && same(now, wanted)) return changed;
    wanted = now;
  }
  throw new StorageError(
    'UNAVAILABLE',
    `Expected the record ${JSON.stringify(id)} of ${kind} to rest while it is copied, but it changed ${ROUNDS} times. It stays owed: call repair.`,
    { details: { surface: kind, id } },
  );
}

/** `overtaken`: another copy came between the look and the write. */
async function make(
  twin: Twin<object>,
  wanted: object | undefined,
): Promise<'kept' | 'written' | 'overtaken'> {
  const there = await twin.there();
  if (same(there, wanted)) return 'kept';
  try {
    await twin.write(there, wanted);
    return 'written';
  } catch (error) {
    if (OVERTAKEN.includes(codeOf(error))) return 'overtaken';
    throw error;
  }
}

const OVERTAKEN: readonly unknown[] = ['ALREADY_EXISTS', 'NOT_FOUND', 'CONFLICT'];
