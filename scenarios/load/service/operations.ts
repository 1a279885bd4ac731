/** One operation on a stream: runs through the settlement protocol, is journaled, and is paid after it committed. */
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
  /** Whether the entries of a section are journaled at once, and not only before it commits. */
  readonly journalsAtOnce: boolean;
  readonly striker: Striker;
  /** The longest wait for a lock in milliseconds, for adapters that can bound it. */
  readonly lockTimeoutMs?: number;
  /** Makes ids that the adapter accepts, for lockstep's own records. Default: the names themselves. */
  readonly idOf?: IdOf;
}

export interface OperationRequest {
  readonly operation: Operation;
  readonly streamId: string;
  /** The path of the request, which is part of the fingerprint. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly key: string | undefined;
}

/**
 * Throws HttpError or INVALID_RECORD for an invalid body and INVALID_TOKEN for an invalid key, before anything is
 * executed.
 */
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
 * In one section of this many, waiting requests get their turn. Otherwise an adapter in memory would finish each
 * section before its service looks at the next request, and sections could never overlap. It is only a few sections, so
 * that most measured lock times are the adapter's own. The number is odd, because bundles often send in pairs.
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

/**
 * The effect is committed and answered as such, whatever happens to the payout. A failed payout is tried again later.
 */
async function pay(
  { adapter, idOf }: OperationContext,
  intent: PayoutIntent,
  { paid }: JournaledSections,
): Promise<void> {
  try {
    const rail: PayoutRail = { pay: paid };
    await completePayout(adapter, rail, intent, idOf);
  } catch {
    // The intent is in the activity without a `payout.sent`, so it will be found.
  }
}

/**
 * The payment rail for payouts outside of requests. Like those of requests, they are only recorded in the journal. The
 * judge removes duplicates by operation id.
 */
export function journaledRail(journal: JournalWriter): PayoutRail {
  return {
    pay: ({ streamId, operationId, amount }) => {
      // The value comes from the storage, so it may be anything.
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
