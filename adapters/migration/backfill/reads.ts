/** What a backfill reads from the sides apart from ranges. */
import { codeOf, type IdempotencyStore, type RecordsById } from '../../contract/index.ts';
import { appended } from '../copies/appended.ts';
import { ownToken, type Owed } from '../sides/owed.ts';
import type { Stores } from '../sides/sides.ts';

/**
 * The `wanted` records that the side has. Appended records never change, so those that were `read` need no second look. One that
 * was not read may have been appended since.
 */
export async function find(
  side: Stores,
  wanted: readonly Owed[],
  read: RecordsById | undefined,
): Promise<RecordsById> {
  const found = new Map<string, object>();
  for (const owed of wanted) {
    const id = owed.id as string;
    const record = await (owed.kind === 'activity' || owed.kind === 'audit'
      ? (read?.get(id) ?? appended(side, owed))
      : side[owed.kind]?.get(id));
    if (record !== undefined) found.set(id, record);
  }
  return found;
}

const AWAY: readonly unknown[] = ['UNAVAILABLE', 'CLOSED', 'OUTCOME_UNKNOWN', 'FENCED'];

/** Whether the error came from the whole side and not from one record. */
export async function isAway(store: IdempotencyStore, error: unknown): Promise<boolean> {
  if (!AWAY.includes(codeOf(error))) return false;
  try {
    await store.get(ownToken('probe'));
    return codeOf(error) === 'FENCED';
  } catch {
    return true;
  }
}

/** Leaves the record out: a later copy takes what the deciding side has then. */
export function withoutRecord(owed: Owed): Owed {
  if (!('record' in owed)) return owed;
  const { record: _, ...rest } = owed;
  return rest;
}
