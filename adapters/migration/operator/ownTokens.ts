/**
 * What the operator keeps in the storages themselves: records of the scope `migration` in their idempotency stores. No list
 * of the application shows them.
 */
import {
  NO_AUTHORITY,
  type AuthorityState,
  type IdempotencyRecord,
  type IdempotencyStore,
  type StorageAdapter,
} from '../../contract/index.ts';
import { ownRecord, ownToken } from '../sides/owed.ts';

export interface OperatedSides {
  readonly old: StorageAdapter;
  readonly new: StorageAdapter;
}

/** A side without the surface counts as one whose authority was never set. */
export async function stateOf({ authority }: StorageAdapter): Promise<AuthorityState> {
  return authority === undefined ? NO_AUTHORITY : authority.get();
}

/** The side's idempotency store, used as a writer that the storage accepts now, whether it decides or accepts copies. */
export async function ownStore(side: StorageAdapter): Promise<IdempotencyStore> {
  const state = await stateOf(side);
  const writer =
    state.epoch === 0
      ? side
      : side.authority?.as({ epoch: state.epoch, role: state.decides ? 'deciding' : 'copying' });
  return (writer ?? side).idempotencyStore as IdempotencyStore;
}

export async function readOwn(side: StorageAdapter, key: string): Promise<IdempotencyRecord | undefined> {
  return side.idempotencyStore?.get(ownToken(key));
}

/** Stores the content in place of what was there. */
export async function writeOwn(
  side: StorageAdapter,
  key: string,
  content: unknown,
): Promise<IdempotencyRecord> {
  const store = await ownStore(side);
  await store.delete(ownToken(key));
  return store.insert(ownRecord(ownToken(key), content));
}

export async function removeOwn(side: StorageAdapter, key: string): Promise<void> {
  await (await ownStore(side)).delete(ownToken(key));
}
