/**
 * Stores since when two sides are known to be equal: moments of both sides from before the first read of the last complete
 * comparison that found nothing. They are kept on the deciding side for the next comparison.
 */
import type { IdempotencyStore } from '../../contract/index.ts';
import { ownToken, replaceOwn } from '../sides/owed.ts';
import type { SideName } from './reads.ts';

export type Moments = Readonly<Record<SideName, string>>;

const TOKEN = ownToken('clean-since');

export async function cleanSince(store: IdempotencyStore): Promise<Moments | undefined> {
  const stored = await store.get(TOKEN);
  return stored === undefined ? undefined : (JSON.parse(stored.body) as Moments);
}

/** If another comparison stores its moments at the same time, either result will do. */
export async function keepClean(store: IdempotencyStore, since: Moments): Promise<void> {
  await replaceOwn(store, TOKEN, since);
}
