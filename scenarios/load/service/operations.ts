/** One operation on a stream: through the settlement protocol, journaled, and paid after it committed. */
import { setImmediate as turnOfOthers } from 'node:timers/promises';
import {
  idempotencyToken,
  requestFingerprint,
  type IdOf,
  type StorageAdapter,
} from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import {
  checkAmount,
  completePayout,
  executeRequest,
  needsAmount,
  type Operation,
  type PayoutIntent,
  type PayoutRail,
  type ProtocolResponse,
  type SectionHooks,
  type Workload,
} from '../../../adapters/protocol/index.ts';
import { asText } from '../../evidence/asText.ts';
import { onlyFields } from './http.ts';
import { journalSections, type JournaledSections, type JournalWriter } from './journal.ts';
import type { Striker } from './striker.ts';

export interface OperationContext {
  readonly adapter: StorageAdapter;
  readonly workload: Workload;
  readonly journal: JournalWriter;
  /** Whether what happens in a section is journaled at once, and not only before it commits. */
  readonly journalsAtOnce: boolean;
  readonly striker: Striker;
  /** Longest wait for a lock in milliseconds, for adapters that can bound it. */
  readonly lockTimeoutMs?: number;
  /** Makes ids of lockstep's own, as the adapter takes them. Default: they are as they are named. */
  readonly idOf?: IdOf;
}

export interface OperationRequest {
  readonly operation: Operation;
  readonly streamId: string;
  /** As requested: part of the fingerprint. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly key: string | undefined;
}

/** Throws HttpError or INVALID_RECORD for a bad body and INVALID_TOKEN for a bad key, before anything is executed. */
export async function executeOperation(
  context: OperationContext,
  { operation, streamId, path, body, key }: OperationRequest,
): Promise<ProtocolResponse> {
  const amount = amountOf(context.workload, operation, body);
  const token = key === undefined ? undefined : idempotencyToken(operation, key);
  const journaled = journalSections(
    context.journal,
    { stream: streamId, f: operation, ...defined({ token }) },
    context.journalsAtOnce,
  );
  const response = await executeRequest(
    context.adapter,
    {
      operation,
      streamId,
      workload: context.workload,
      fingerprint: requestFingerprint('POST', path, body),
      ...defined({ amount, key, lockTimeoutMs: context.lockTimeoutMs }),
    },
    holdSections(context.striker, streamId, journaled.hooks),
    defined({ idOf: context.idOf }),
  );
  if (response.payout !== undefined) {
    await context.striker.at('committed', streamId);
    await pay(context, response.payout, journaled);
    await context.striker.at('paid', streamId);
  }
  await journaled.answered(response.status);
  return response;
}

/**
 * In one section of so many, requests that have come meanwhile get their turn: an adapter in memory is done with a section
 * before its service looks at the next request, so that nobody could come in between. In few, so that most times for which
 * a lock is held are the adapter's own; and an odd number, as bundles often send in pairs.
 */
const OTHERS_EVERY = 3;
let sections = 0;

/** `journaled`, where a section is held at the points at which it may be struck. */
function holdSections(striker: Striker, streamId: string, journaled: SectionHooks): SectionHooks {
  return {
    ...journaled,
    entered: (attempt, view) => {
      void journaled.entered?.(attempt, view);
      return striker.at('entered', streamId);
    },
    read: async (attempt) => {
      void journaled.read?.(attempt);
      await striker.at('read', streamId);
      if ((sections += 1) % OTHERS_EVERY === 0) await turnOfOthers();
    },
    executed: (attempt, effect) => {
      void journaled.executed?.(attempt, effect);
      return striker.at('executed', streamId);
    },
  };
}

/** The effect is committed and answered as such whatever becomes of the payout: one that fails is driven again. */
async function pay(
  { adapter, idOf }: OperationContext,
  intent: PayoutIntent,
  { paid }: JournaledSections,
): Promise<void> {
  try {
    const rail: PayoutRail = { pay: paid };
    await completePayout(adapter, rail, intent, idOf);
  } catch {
    // The intent stands in the activity without a `payout.sent`, which is how it is found.
  }
}

/**
 * The rail of what is paid beside requests. Its only trace is the journal, as that of requests; doubles are removed by
 * operation id when they are judged.
 */
export function journaledRail(journal: JournalWriter): PayoutRail {
  return {
    pay: ({ streamId, operationId, amount }) => {
      // Read from the storage: it may be anything.
      journal.write({
        type: 'payout',
        at: journal.now(),
        stream: asText(streamId),
        operationId: asText(operationId),
        amount: asText(amount),
      });
    },
  };
}

function amountOf(
  workload: Workload,
  operation: Operation,
  body: Readonly<Record<string, unknown>>,
): string | undefined {
  onlyFields(body, needsAmount({ operation, workload }) ? ['amount'] : []);
  const amount = body['amount'] as string | undefined;
  checkAmount({ operation, workload, ...defined({ amount }) });
  return amount;
}
