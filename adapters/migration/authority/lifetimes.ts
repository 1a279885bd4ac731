/** How long clients may still ask again for answers that a side has given. */
import { toMicros, type IdempotencyStore, type Timestamp } from '../../contract/index.ts';
import { isOwnToken } from '../sides/owed.ts';
import { everyRow } from '../sides/sides.ts';

const PAGE = 1000;
/** The greatest difference between the clocks of two sides, in microseconds. */
const CLOCKS_APART_US = 60_000_000n;

/** When the last answer from before `since` that has a time to live expires. Undefined: all have expired. */
export async function livesUntil(store: IdempotencyStore, since: Timestamp): Promise<Timestamp | undefined> {
  let last: Timestamp | undefined;
  const until = toMicros(since) + CLOCKS_APART_US;
  for await (const { token, createdAt, expiresAt } of everyRow((page) => store.scan(page), PAGE)) {
    if (expiresAt === undefined || isOwnToken(token) || toMicros(createdAt) > until) continue;
    if (last !== undefined && toMicros(expiresAt) <= toMicros(last)) continue;
    if ((await store.get(token)) !== undefined) last = expiresAt;
  }
  return last;
}
