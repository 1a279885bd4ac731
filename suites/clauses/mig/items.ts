/** Records of every kind that a migration moves, with all that a careless copy loses. */
import type { Surface } from '../../../adapters/contract/index.ts';
import type { CallStep } from '../../../scenarios/host/program.ts';
import { direct, streamOf } from '../../harness/generate.ts';
import type { Subject } from '../../harness/property.ts';
import { auditOf, eventOf, FUTURE, jobOf, PAST, READY_PATCH, replayOf } from '../../harness/records.ts';

const ITEM_KINDS = ['stream', 'user', 'event', 'answer', 'expired answer', 'job', 'audit record'] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

export interface Item {
  /** Stores it. */
  readonly create: readonly CallStep[];
  /** Changes it; empty: it never changes. */
  readonly change: readonly CallStep[];
  /** Removes it; empty: it cannot be removed. */
  readonly remove: readonly CallStep[];
  readonly read: CallStep;
}

const SURFACE_OF: Record<ItemKind, Surface> = {
  stream: 'streams',
  user: 'users',
  event: 'activity',
  answer: 'idempotency',
  'expired answer': 'idempotency',
  job: 'exports',
  'audit record': 'exports',
};

/** The kinds that an adapter can hold. */
export function itemKindsOf({ surfaces, capabilities }: Subject): ItemKind[] {
  return ITEM_KINDS.filter(
    (kind) => surfaces.includes(SURFACE_OF[kind]) && (kind !== 'expired answer' || capabilities.ttl),
  );
}

/** A time whose last digits a Date cannot hold. */
const EXACT = '2030-01-01T00:00:00.123456Z';
/** Keys out of order, and numbers that parsing changes. */
const FRAGILE_BODY = '{"b":1e2, "a":-0,"big":9007199254740993}';
const DETAILS = { b: [null, 1.5, ''], a: { deep: 'ünï' } };

export function itemOf(kind: ItemKind, id: string): Item {
  const token = `moved:${id}`;
  switch (kind) {
    case 'stream':
      return {
        create: [direct('streams.create', streamOf(id, { createdAt: EXACT, note: DETAILS }))],
        change: [direct('streams.put', streamOf(id, { revision: 1, totalAmount: '9007199254740993' }))],
        remove: [direct('streams.delete', id)],
        read: direct('streams.get', id),
      };
    case 'user':
      return {
        create: [direct('users.put', { walletAddress: id, createdAt: EXACT })],
        change: [direct('users.put', { walletAddress: id, displayName: 'changed' })],
        remove: [],
        read: direct('users.get', id),
      };
    case 'event':
      return {
        create: [
          direct('activity.append', eventOf(id, { streamId: id, timestamp: EXACT, details: DETAILS })),
        ],
        change: [],
        remove: [],
        read: direct('activity.list', { streamId: id, limit: 5 }),
      };
    case 'answer':
      return {
        create: [
          direct(
            'idempotency.insert',
            replayOf(token, { body: FRAGILE_BODY, createdAt: EXACT, expiresAt: FUTURE }),
          ),
        ],
        change: [
          direct('idempotency.delete', token),
          direct('idempotency.putIfAbsent', replayOf(token, { status: 201, body: FRAGILE_BODY })),
        ],
        remove: [direct('idempotency.delete', token)],
        read: direct('idempotency.get', token),
      };
    case 'expired answer':
      return {
        create: [direct('idempotency.insert', replayOf(token, { createdAt: PAST, expiresAt: PAST }))],
        change: [],
        remove: [direct('idempotency.deleteExpired', 100)],
        read: direct('idempotency.get', token),
      };
    case 'job':
      return {
        create: [direct('jobs.create', jobOf(id, id, { requestedAt: EXACT }))],
        change: [
          direct('jobs.transition', id, ['pending'], 'processing', {}),
          direct('jobs.transition', id, ['processing'], 'ready', READY_PATCH),
        ],
        remove: [direct('jobs.delete', id)],
        read: direct('jobs.get', id),
      };
    case 'audit record':
      return {
        create: [direct('audit.append', auditOf(id, id, { timestamp: EXACT, details: DETAILS }))],
        change: [],
        remove: [],
        read: direct('audit.list', { exportId: id, limit: 5 }),
      };
    default:
      return kind satisfies never;
  }
}

/** Whether the call can be made through a section's view. */
export function fitsView({ method }: CallStep): boolean {
  return !['idempotency.delete', 'idempotency.putIfAbsent', 'idempotency.deleteExpired'].includes(method);
}
