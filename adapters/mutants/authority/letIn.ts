/** Writers who are let in though the state refuses them. */
import type { Authority, AuthorityState, StorageAdapter, Writer } from '../../contract/index.ts';
import { withAuthority, type Mutant } from '../mutant.ts';
import { lettingPass } from './judging.ts';

/** Writers are let pass where the storage refuses them, if `isMeant`. */
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
    'Copies are let in by their epoch alone, also to the storage that decides: an old copy overwrites a new record.',
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
  origin: 'Writers that name no epoch, as every older version, are let in wherever somebody may write.',
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
  origin: 'Whoever has claimed a job finishes it by the claim alone, over the hand over of everything else.',
  clauses: ['MIG-07'],
  bases: ['memory'],
  mutate: (adapter) => lettingIn(adapter, (_, __, path) => /jobs\.(complete|fail|heartbeat)$/.test(path)),
};

export const claimsUnjudged: Mutant = {
  name: 'executions-unjudged',
  origin: 'A request that was being executed stores its answer in the storage where it had begun.',
  clauses: ['MIG-07'],
  bases: ['memory'],
  mutate: (adapter) => lettingIn(adapter, (_, __, path) => path === 'idempotencyStore.finish'),
};
