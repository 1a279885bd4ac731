/** The correct store as a target, with a codec and a settlement of its own that are correct too. */
import {
  decodeCursor,
  encodeCursor,
  idempotencyToken,
  RisingClock,
  type OwnAnswer,
  type OwnRequest,
  type TargetDefinition,
} from '../../contract/index.ts';
import { executeRequest } from '../../protocol/index.ts';
import { createInstance } from '../adapter.ts';
import { bridgeTarget } from '../index.ts';
import type { PersistenceStore } from '../store.ts';
import { createCorrectStore } from './correctStore.ts';

function execute(store: PersistenceStore, request: OwnRequest): Promise<OwnAnswer> {
  const adapter = createInstance({
    store,
    stamps: new RisingClock(),
    clock: Date.now,
    atomic: false,
    ttl: true,
  });
  const workload = request.amount === undefined ? 'lifecycle' : 'balance';
  return executeRequest(adapter, { ...request, workload });
}

const target: TargetDefinition = bridgeTarget({
  name: 'correct-store',
  open: ({ clock }) => createCorrectStore(clock),
  codec: { encodeCursor, decodeCursor, idempotencyToken },
  protocol: { settle: execute, withdraw: execute, amounts: true, revision: true },
  capabilities: { ttl: true },
});

export default target;
