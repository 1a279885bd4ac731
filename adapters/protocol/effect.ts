/** The activity event that records an effect: how it is written, and how it is read. */
import { hash } from 'node:crypto';
import {
  AS_NAMED,
  type ActivityEvent,
  type IdOf,
  type Json,
  type NewActivityEvent,
} from '../contract/index.ts';
import type { Operation, PayoutIntent } from './types.ts';

/** The event type of each operation's effect. */
export const EFFECT_TYPES: Readonly<Record<Operation, string>> = {
  start: 'stream.started',
  pause: 'stream.paused',
  stop: 'stream.stopped',
  settle: 'stream.settled',
  withdraw: 'stream.withdrawn',
};

/**
 * The type of the event that says that an intent was paid. The event's id consists of this type, a colon and the
 * operation id.
 */
export const PAYOUT_SENT = 'payout.sent';

export interface Effect {
  readonly streamId: string;
  readonly operationId: string;
  /** The stream's revision after the effect. */
  readonly revision: number;
  readonly operation: Operation;
  /** The amount to pay, in minor units. Only for settle and withdraw. */
  readonly payoutAmount?: string;
}

/** With this many hex digits of SHA-256, no two operations of a run share an id. */
const OPERATION_ID_DIGITS = 32;
const REVISION_DIGITS = 10;

/**
 * The id of the operation that `token` stands for on a stream. Every execution of the request has the same id, so that
 * the payment rail can drop duplicates. If a key is reused after its record expired, the rail sees the same operation.
 */
export function operationIdOf(token: string, streamId: string): string {
  return hash('sha256', JSON.stringify([token, streamId])).slice(0, OPERATION_ID_DIGITS);
}

/**
 * The event of an effect. Its id ends in the padded revision and the operation id, so that events with equal times sort
 * in the order of the lock. `idOf` maps that name to the id.
 */
export function effectEvent(effect: Effect, idOf: IdOf = AS_NAMED): NewActivityEvent {
  const { streamId, operationId, revision, operation, payoutAmount } = effect;
  const payout = payoutAmount === undefined ? {} : { payout: { amount: payoutAmount } };
  return {
    id: idOf(`${streamId}:${String(revision).padStart(REVISION_DIGITS, '0')}:${operationId}`),
    type: EFFECT_TYPES[operation],
    streamId,
    description: `${operation} took effect as revision ${revision}`,
    details: { operationId, revision, ...payout },
  };
}

/** The effect that `event` records, or undefined for other events. */
export function effectOf(event: ActivityEvent): Effect | undefined {
  const operation = (Object.keys(EFFECT_TYPES) as Operation[]).find(
    (operation) => EFFECT_TYPES[operation] === event.type,
  );
  const details = objectOf(event.details);
  const { operationId, revision } = details;
  if (operation === undefined || event.streamId === undefined) return undefined;
  if (typeof operationId !== 'string' || typeof revision !== 'number') return undefined;
  const amount = objectOf(details['payout'])['amount'];
  const payout = typeof amount === 'string' ? { payoutAmount: amount } : {};
  return { streamId: event.streamId, operationId, revision, operation, ...payout };
}

/** The payment that `event` promises. Undefined: none. */
export function intentOf(event: ActivityEvent): PayoutIntent | undefined {
  const effect = effectOf(event);
  if (effect?.payoutAmount === undefined) return undefined;
  return { operationId: effect.operationId, streamId: effect.streamId, amount: effect.payoutAmount };
}

/** The event that says that `intent` was paid. */
export function payoutSentEvent(intent: PayoutIntent, idOf: IdOf = AS_NAMED): NewActivityEvent {
  return {
    id: idOf(`${PAYOUT_SENT}:${intent.operationId}`),
    type: PAYOUT_SENT,
    streamId: intent.streamId,
    description: `paid ${intent.amount}`,
    details: { operationId: intent.operationId, amount: intent.amount },
  };
}

/** The id of the operation that `event` reports as paid. Undefined: it is another kind of event. */
export function paidOperationOf(event: ActivityEvent): string | undefined {
  if (event.type !== PAYOUT_SENT) return undefined;
  const { operationId, amount } = objectOf(event.details);
  return typeof operationId === 'string' && typeof amount === 'string' ? operationId : undefined;
}

function objectOf(value: Json | undefined): { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })
    : {};
}
