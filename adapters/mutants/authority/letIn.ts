/** Writers are accepted although the state of the authority refuses them. */
import type { Authority, AuthorityState, StorageAdapter, Writer } from '../../contract/index.ts';
import { withAuthority, type Mutant } from '../mutant.ts';
import { lettingPass } from './judging.ts';

/** A writer that the storage refuses is accepted if `isMeant` says so. */
function lettingIn(
  adapter: StorageAdapter,
  isMeant: (writer: Writer, state: AuthorityState, path: string) => boolean,
): StorageAdapter {
  const authority = adapter.authority as Authority;
  return withAuthority(adapter, {
    as: (writer) =>
      lettingPass(authority.as(writer), authority, (state, path) => isMeant(writer, state, path)),
  });
}

export const copiesDecide: Mutant = {
  name: 'copies-where-it-decides',
  origin:
    'Copies are accepted by their epoch, even by the storage that decides: an old copy overwrites a new record.',
  clauses: ['MIG-07'],
  bases: ['memory'],
  mutate: (adapter) =>
    lettingIn(
      adapter,
      (writer, { epoch, decides }) => writer.role === 'copying' && decides && epoch === writer.epoch,
    ),
};

export const unmarkedAfter: Mutant = {
  name: 'unmarked-after-hand-over',
  origin: 'Writers that name no epoch, like all older versions, are accepted whenever any writer is.',
  clauses: ['MIG-07'],
  bases: ['memory'],
  mutate: (adapter) =>
    withAuthority(
      lettingPass(adapter, adapter.authority as Authority, () => true),
      {},
    ),
};

export const oneSurfaceUnjudged: Mutant = {
  name: 'workers-unjudged',
  origin: 'A worker ends its job by the claim alone, even after the hand over.',
  clauses: ['MIG-07'],
  bases: ['memory'],
  mutate: (adapter) => lettingIn(adapter, (_, __, path) => /jobs\.(complete|fail|heartbeat)$/.test(path)),
};

export const claimsUnjudged: Mutant = {
  name: 'executions-unjudged',
  origin: 'A running request stores its answer in the storage where it began.',
  clauses: ['MIG-07'],
  bases: ['memory'],
  mutate: (adapter) => lettingIn(adapter, (_, __, path) => path === 'idempotencyStore.finish'),
};
