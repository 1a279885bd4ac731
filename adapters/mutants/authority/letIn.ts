/** Writers who are let in though the state refuses them. */
import type { Authority } from '../../contract/index.ts';
import { withAuthority, type Mutant } from '../mutant.ts';
import { lettingPass } from './judging.ts';

export const copiesDecide: Mutant = {
  name: 'copies-where-it-decides',
  origin:
    'Copies are let in by their epoch alone, also to the storage that decides: an old copy overwrites a new record.',
  clauses: ['MIG-07'],
  bases: ['memory'],
  mutate: (adapter) => {
    const authority = adapter.authority as Authority;
    return withAuthority(adapter, {
      as: (writer) =>
        writer.role === 'copying'
          ? lettingPass(
              authority.as(writer),
              authority,
              ({ epoch, decides }) => decides && epoch === writer.epoch,
            )
          : authority.as(writer),
    });
  },
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
  mutate: (adapter) => {
    const authority = adapter.authority as Authority;
    return withAuthority(adapter, {
      as: (writer) =>
        lettingPass(authority.as(writer), authority, (_, path) =>
          /jobs\.(complete|fail|heartbeat)$/.test(path),
        ),
    });
  },
};

export const claimsUnjudged: Mutant = {
  name: 'executions-unjudged',
  origin: 'A request that was being executed stores its answer in the storage where it had begun.',
  clauses: ['MIG-07'],
  bases: ['memory'],
  mutate: (adapter) => {
    const authority = adapter.authority as Authority;
    return withAuthority(adapter, {
      as: (writer) =>
        lettingPass(authority.as(writer), authority, (_, path) => path === 'idempotencyStore.finish'),
    });
  },
};
