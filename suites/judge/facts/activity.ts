/** What an activity event tells the judge. */
import type { ActivityEvent } from '../../../adapters/contract/index.ts';

/** The type of events that record a payment. They are not effects. */
export const PAYOUT_SENT = 'payout.sent';

export interface ReadEvent {
  readonly event: ActivityEvent;
  /** The effect that appended it. */
  readonly operationId: string;
  readonly revision: number | undefined;
  /** The amount that the effect promised to pay, in minor units; absent when it promised none. */
  readonly promised: string | undefined;
}

/** A payment that storage says was made. */
export interface ReadPayment {
  readonly event: ActivityEvent;
  readonly operationId: string | undefined;
  readonly amount: string | undefined;
}

/** The payment that `event` records, or undefined for other events. */
export function readPayment(event: ActivityEvent, operations: ReadonlySet<string>): ReadPayment | undefined {
  if (event.type !== PAYOUT_SENT) return undefined;
  const details = objectOf(event.details);
  const operationId = text(details?.['operationId']) ?? fromId(event.id, operations);
  return { event, operationId, amount: text(details?.['amount']) };
}

/** The effect in `event`, or undefined. `operations` are the operation ids that services and clients know. */
export function readEvent(event: ActivityEvent, operations: ReadonlySet<string>): ReadEvent | undefined {
  if (event.type === PAYOUT_SENT) return undefined;
  const details = objectOf(event.details);
  const payout = objectOf(details?.['payout']);
  const operationId = text(details?.['operationId']) ?? fromId(event.id, operations);
  if (operationId === undefined) return undefined;
  const revision = details?.['revision'];
  return {
    event,
    operationId,
    revision: typeof revision === 'number' ? revision : revisionInId(event.id, operationId),
    promised: text(payout?.['amount']),
  };
}

/** The id of an effect's event ends in the zero-padded revision and the operation id. */
function fromId(id: string, operations: ReadonlySet<string>): string | undefined {
  for (let index = 1; index < id.length; index += 1) {
    const rest = id.slice(index);
    if (operations.has(rest)) return rest;
  }
  return undefined;
}

function revisionInId(id: string, operationId: string): number | undefined {
  if (!id.endsWith(operationId)) return undefined;
  const digits = /(\d+)\D?$/.exec(id.slice(0, id.length - operationId.length))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
