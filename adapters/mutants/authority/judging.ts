/** Helpers for mutants of the authority: instances that accept writers whom the storage refuses. */
import {
  codeOf,
  type Authority,
  type AuthorityState,
  type StorageAdapter,
  type StreamRepository,
  type Writer,
} from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import { extend } from '../mutant.ts';

export type Call = (...args: readonly unknown[]) => Promise<unknown>;
/** `path`: for example `streamRepository.streams.put`. */
export type Change = (path: string, call: Call) => Call;

/** `adapter` with every call of its stores changed. Of sections, withLock itself is changed. */
export function changeCalls(adapter: StorageAdapter, change: Change): StorageAdapter {
  const { streamRepository, idempotencyStore, exportRepository, authority } = adapter;
  return extend(adapter, {
    streamRepository: changedIn('streamRepository', streamRepository, change) as StreamRepository,
    idempotencyStore: changedIn('idempotencyStore', idempotencyStore, change) as NonNullable<
      typeof idempotencyStore
    >,
    exportRepository: changedIn('exportRepository', exportRepository, change) as NonNullable<
      typeof exportRepository
    >,
    ...defined({ authority }),
  });
}

function changedIn(path: string, owner: unknown, change: Change): unknown {
  const members = Object.entries(owner as object).map(([name, member]: [string, unknown]) => {
    const inner = `${path}.${name}`;
    if (typeof member === 'function')
      return [name, change(inner, async (...args) => (member as Call).apply(owner, [...args]))];
    return [name, typeof member === 'object' && member !== null ? changedIn(inner, member, change) : member];
  });
  return Object.fromEntries(members) as unknown;
}

/** The member of `adapter` at this path, as a call. */
export function callAt(adapter: StorageAdapter, path: string): Call {
  const names = path.split('.');
  const owner = names
    .slice(0, -1)
    .reduce<unknown>((one, name) => (one as Record<string, unknown>)[name], adapter);
  return async (...args) =>
    ((owner as Record<string, Call>)[names.at(-1) ?? ''] as Call).apply(owner, [...args]);
}

/** A writer that a storage in this state accepts. */
export function acceptedIn({ epoch, decides }: AuthorityState): Writer {
  return { epoch, role: decides ? 'deciding' : 'copying' };
}

/**
 * If `adapter` refuses a writer and `isMeant` says so, the call is repeated as a writer that the storage accepts
 * then.
 */
export function lettingPass(
  adapter: StorageAdapter,
  authority: Authority,
  isMeant: (state: AuthorityState, path: string) => boolean,
): StorageAdapter {
  return changeCalls(adapter, (path, call) => async (...args) => {
    try {
      return await call(...args);
    } catch (error) {
      const state = await authority.get();
      if (codeOf(error) !== 'FENCED' || !isMeant(state, path)) throw error;
      return callAt(authority.as(acceptedIn(state)), path)(...args);
    }
  });
}
