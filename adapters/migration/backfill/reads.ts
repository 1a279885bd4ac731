/** What a backfill asks of the sides beside ranges. */
import { codeOf, type IdempotencyStore, type RecordsById } from '../../contract/index.ts';
import { appended } from '../copies/appended.ts';
import { ownToken, type Owed } from '../sides/owed.ts';
import type { Stores } from '../sides/sides.ts';

/**
 * Those of the records that the side has. Appended records never change: what was `read` of them is what they are. One that
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

/** Whether it is the whole side that failed so, and not one record. */
export async function isAway(store: IdempotencyStore, error: unknown): Promise<boolean> {
  if (!AWAY.includes(codeOf(error))) return false;
  try {
    await store.get(ownToken('probe'));
    return codeOf(error) === 'FENCED';
  } catch {
    return true;
  }
}

/** What is copied later is what the deciding side has then. */
export function withoutRecord(owed: Owed): Owed {
  if (!('record' in owed)) return owed;
  const { record: _, ...rest } = owed;
  return rest;
}
