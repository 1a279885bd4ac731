/** Copies the records of a batch: all at once if the other side can do that, and one by one if one of them fails. */
import {
  codeOf,
  StorageError,
  type FailedCopy,
  type IdempotencyStore,
  type MovedKind,
  type RecordsById,
} from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import type { BackfillOptions } from './options.ts';
import type { Found } from './range.ts';
import { find, isAway, withoutRecord } from './reads.ts';
import { entryOf, type Owed } from '../sides/owed.ts';
import { same } from '../sides/sides.ts';

export interface Batch {
  readonly copied: number;
  readonly removed: number;
  readonly failed: readonly FailedCopy[];
}

/** How many single copies are made at the same time. */
const AT_ONCE = 4;

/**
 * The batch is stored as owed before it is copied, and the entry is removed afterwards. Rejects if the other side is away. The
 * batch then stays owed.
 */
export async function copyBatch(
  options: BackfillOptions,
  kind: MovedKind,
  { suspects, read }: Found,
): Promise<Batch> {
  if (suspects.length === 0) return { copied: 0, removed: 0, failed: [] };
  const store = options.tokens.from;
  const entry = entryOf('owed', suspects.map(withoutRecord));
  await store.insert(entry);
  const { failed, ...batch } = await copied(options, kind, { suspects, read });
  const owed = failed.map(({ owed: one }) => one);
  if (owed.length > 0) await store.insert(entryOf('owed', owed.map(withoutRecord)));
  await store.delete(entry.token);
  return { ...batch, failed: failed.map(({ owed: { id }, error }) => failureOf(kind, id, error)) };
}

interface Failed {
  readonly owed: Owed;
  readonly error: unknown;
}

interface Copied {
  readonly copied: number;
  readonly removed: number;
  readonly failed: readonly Failed[];
}

type Suspects = Pick<Found, 'suspects'> & { readonly read: RecordsById | undefined };

async function copied(options: BackfillOptions, kind: MovedKind, some: Suspects): Promise<Copied> {
  if (options.bulk.to === undefined)
    return oneByOne(options.tokens.to, some.suspects, async (owed) => alone(options, owed, some.read));
  try {
    return await together(options, kind, some);
  } catch (error) {
    if (await isAway(options.tokens.to, error)) throw error;
    // A single record may be the cause.
    return oneByOne(options.tokens.to, some.suspects, (owed) =>
      together(options, kind, { ...some, suspects: [owed] }),
    );
  }
}

/**
 * Applies what the deciding side has, looks again, and continues with what has changed meanwhile, because writers may take no
 * lock that keeps this copy out.
 */
async function together(
  { sides, bulk }: BackfillOptions,
  kind: MovedKind,
  { suspects, read }: Suspects,
): Promise<Copied> {
  const byId = new Map(suspects.map((one) => [one.id as string, one]));
  const wanted = async (some: readonly string[]): Promise<RecordsById> =>
    bulk.from === undefined
      ? find(
          sides.from,
          some.map((id) => byId.get(id) as Owed),
          read,
        )
      : bulk.from.get(kind, some);
  let ids = [...byId.keys()];
  let [put, removed] = [0, 0];
  for (let round = 1; ids.length > 0; round += 1) {
    if (round > ROUNDS) throw restless(kind, ids);
    let before: RecordsById = new Map();
    const applied = await bulk.to?.apply(kind, ids, async (some) => (before = await wanted(some)));
    put += applied?.put ?? 0;
    removed += applied?.removed ?? 0;
    const after = await wanted(ids);
    ids = ids.filter((id) => !same(before.get(id), after.get(id)));
  }
  // A record that was written twice counts as one copy.
  return { copied: Math.min(put, suspects.length), removed: Math.min(removed, suspects.length), failed: [] };
}

/** How often a record may change while it is copied. */
const ROUNDS = 20;

function restless(kind: MovedKind, ids: readonly string[]): StorageError {
  return new StorageError(
    'CONFLICT',
    `Expected ${kind} ${JSON.stringify(ids[0])} to rest while it is copied, but it changed ${ROUNDS} times. It stays owed: call repair.`,
  );
}

async function alone(
  { sides, copy }: BackfillOptions,
  owed: Owed,
  read: RecordsById | undefined,
): Promise<Copied> {
  const changed = await copy(owed);
  if (!changed) return { copied: 0, removed: 0, failed: [] };
  const isThere = (await find(sides.from, [owed], read)).size > 0;
  return { copied: isThere ? 1 : 0, removed: isThere ? 0 : 1, failed: [] };
}

/** Rejects if the other side is away. Any other error counts as a failure of one record. */
async function oneByOne(
  to: IdempotencyStore,
  suspects: readonly Owed[],
  copyOne: (owed: Owed) => Promise<Copied>,
): Promise<Copied> {
  const left = [...suspects];
  const results: Copied[] = [];
  const work = async (): Promise<void> => {
    for (let owed = left.shift(); owed !== undefined; owed = left.shift()) {
      try {
        results.push(await copyOne(owed));
      } catch (error) {
        if (await isAway(to, error)) throw error;
        results.push({ copied: 0, removed: 0, failed: [{ owed, error }] });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return {
    copied: results.reduce((sum, one) => sum + one.copied, 0),
    removed: results.reduce((sum, one) => sum + one.removed, 0),
    failed: results.flatMap(({ failed }) => failed),
  };
}

function failureOf(kind: MovedKind, id: string | undefined, error: unknown): FailedCopy {
  return {
    kind,
    ...defined({ id }),
    code: codeOf(error) ?? 'none',
    reason: error instanceof Error ? error.message : String(error),
  };
}
