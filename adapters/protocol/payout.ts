/** Pays what effects promised, after their sections committed, and finds payments that a crash prevented. */
import {
  StorageError,
  codeOf,
  type ActivityStore,
  type Awaitable,
  type IdOf,
  type StorageAdapter,
} from '../contract/index.ts';
import { defined } from '../contract/defined.ts';
import { intentOf, paidOperationOf, payoutSentEvent } from './effect.ts';
import type { PayoutIntent } from './types.ts';

/** The payment provider. It may be asked twice for one operation id and must pay once. */
export interface PayoutRail {
  pay(intent: PayoutIntent): Awaitable<void>;
}

/**
 * Pays `intent` and records the payment. Called after withLock has resolved, never inside a section, because a payment
 * cannot be rolled back. An existing record of the payment is a success. `idOf` makes the id of the event. Errors:
 * those of the rail and of `append`.
 */
export async function completePayout(
  adapter: StorageAdapter,
  rail: PayoutRail,
  intent: PayoutIntent,
  idOf?: IdOf,
): Promise<void> {
  await rail.pay(intent);
  try {
    await adapter.streamRepository?.activity?.append(payoutSentEvent(intent, idOf));
  } catch (error) {
    if (codeOf(error) !== 'ALREADY_EXISTS') throw error;
  }
}

export interface DriveOptions {
  /** The most intents to pay in this call. */
  readonly limit: number;
  /** The number of events per read. Default 1000, the largest page. */
  readonly pageSize?: number;
  /** Makes the ids of events. Default: the names that payoutSentEvent gives them. */
  readonly idOf?: IdOf;
}

export interface DriveResult {
  readonly driven: readonly PayoutIntent[];
  /** The number of unpaid intents beyond `limit`. */
  readonly remaining: number;
}

/**
 * Pays intents whose payment is not recorded, those with the lowest ids first. An intent that somebody else is paying
 * at this moment may be paid again: the rail drops the duplicate. Errors: UNSUPPORTED without activity, and those of
 * `completePayout`.
 */
export async function driveUnpaid(
  adapter: StorageAdapter,
  rail: PayoutRail,
  { limit, pageSize = 1000, idOf }: DriveOptions,
): Promise<DriveResult> {
  const activity = adapter.streamRepository?.activity;
  if (activity === undefined)
    throw new StorageError('UNSUPPORTED', 'Expected an adapter with activity: intents are kept there.');
  const unpaid = await findUnpaid(activity, pageSize);
  const driven = unpaid.slice(0, limit);
  for (const intent of driven) await completePayout(adapter, rail, intent, idOf);
  return { driven, remaining: unpaid.length - driven.length };
}

async function findUnpaid(activity: ActivityStore, pageSize: number): Promise<PayoutIntent[]> {
  const intents = new Map<string, PayoutIntent>();
  const paid = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await activity.scan({ limit: pageSize, ...defined({ cursor }) });
    for (const event of page.items) {
      const intent = intentOf(event);
      if (intent !== undefined) intents.set(intent.operationId, intent);
      const operationId = paidOperationOf(event);
      if (operationId !== undefined) paid.add(operationId);
    }
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return [...intents.values()].filter((intent) => !paid.has(intent.operationId));
}
