/** Sections whose views have every surface, and what a test writes in them. */
import type { LockedView, NewIdempotencyRecord } from '../../contract/index.ts';
import { newStream, type Opened } from './open.ts';

export const record: NewIdempotencyRecord = {
  token: 'settle:k',
  fingerprint: 'a'.repeat(64),
  status: 200,
  body: 'section',
};
export const event = { id: 'e1', type: 't', streamId: 's1', description: 'section' };
export type FullView = Required<Omit<LockedView, 'fence'>>;

/** A section whose view is known to have every surface. */
export function section<T>(opened: Opened, id: string, callback: (view: FullView) => Promise<T>): Promise<T> {
  return opened.withLock(id, (view) => callback(view as FullView));
}

/** Everything that the namespace holds. */
export async function contents({
  streams,
  users,
  activity,
  idempotency,
  jobs,
  audit,
}: Opened): Promise<unknown[]> {
  const stores = [streams, users, activity, idempotency, jobs, audit];
  return (await Promise.all(stores.map(async (store) => (await store.scan({ limit: 1000 })).items))).flat();
}

/** One write to each table. */
export async function writeEverywhere(view: FullView): Promise<void> {
  await view.streams.create(newStream('s1'));
  await view.users.put({ walletAddress: 'w' });
  await view.activity.append(event);
  await view.idempotency.insert(record);
  await view.exports.jobs.create({ id: 'x1', ownerId: 'o', fileName: 'f' });
  await view.exports.audit.append({ id: 'a1', exportId: 'x1', type: 'export.requested' });
}
