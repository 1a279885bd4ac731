/** Records of every kind that a migration moves, with everything that a careless copy loses. */
import { declares, type CapabilityName, type Surface } from '../../../adapters/contract/index.ts';
import type { CallStep, Method, Step } from '../../../scenarios/host/language/program.ts';
import { direct, saved, streamOf } from '../../harness/cases/generate.ts';
import type { Subject } from '../../harness/engine/property.ts';
import {
  auditOf,
  eventOf,
  FINGERPRINT,
  FUTURE,
  jobOf,
  LEASE_MARGIN_MS,
  LONG_LEASE_MS,
  PAST,
  READY_PATCH,
  replayOf,
} from '../../harness/cases/records.ts';
import { EXACT } from './moving.ts';

const ITEM_KINDS = [
  'stream',
  'user',
  'event',
  'event of no stream',
  'events of one stream',
  'answer',
  'answer with a time to live',
  'expired answer',
  'executed answer',
  'worked job',
  'failed job',
  'taken job',
  'job',
  'expired job',
  'audit record',
  'audit record of a job',
] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** A call, or a pause between two. */
export type ItemStep = CallStep | Extract<Step, { readonly do: 'hold' }>;

export interface Item {
  /** The calls that store it. */
  readonly create: readonly CallStep[];
  /** The calls that change it. Empty: it never changes. */
  readonly change: readonly ItemStep[];
  /** Whether they may change another record of the trial instead. */
  readonly changesAny?: true;
  /** The calls that remove it. Empty: it cannot be removed. */
  readonly remove: readonly CallStep[];
  readonly read: CallStep;
}

/** Jobs for workers come before all others, so that workers get no other jobs. */
const EARLIER = '2029-01-01T00:00:00.123456Z';
/** Not the time that a storage would stamp. */
const LATER = '2031-12-31T23:59:59.654321Z';
const SHORT_LEASE_MS = 1;

/** Keys out of order, and numbers that parsing changes. */
const FRAGILE_BODY = '{"b":1e2, "a":-0,"big":9007199254740993}';
/** A text with blanks at its ends, which columns of fixed length lose, and with one accent written in two ways. */
const FRAGILE_TEXT = ' Call \u00e9 and e\u0301  ';
/** More than a short column holds. */
const LONG_TEXT = 'all of it '.repeat(300);
const HOUR_MS = 3_600_000;
/** More than an index, or a page of a table, holds. */
const LONG_BODY = JSON.stringify({ text: 'é'.repeat(9000), end: 1 });
const DETAILS = {
  b: [null, 1.5, ''],
  a: { deep: 'ünï' },
  A: FRAGILE_TEXT,
  long: LONG_TEXT,
};
/** Fields that are easily taken for none, a number that needs more than 64 bits, and a field that only the application knows. */
const DETAILED = {
  note: DETAILS,
  nextAction: FRAGILE_TEXT,
  withdrawal: null,
  settlementTxHash: '',
  isUrgent: false,
  tags: [],
  totalAmount: '123456789012345678901234567890',
  createdAt: EXACT,
  updatedAt: LATER,
};

interface ItemMaker {
  readonly surface: Surface;
  readonly capability?: CapabilityName;
  /** Reads the record, an answer by its token and any other record by its id. */
  readonly item: (id: string) => Item;
}

const MAKERS: Readonly<Record<ItemKind, ItemMaker>> = {
  stream: {
    surface: 'streams',
    item: (id) => ({
      create: [direct('streams.create', streamOf(id, DETAILED))],
      // Two, so that the first one may be copied last.
      change: [1, 2].map((revision) =>
        direct(
          'streams.put',
          streamOf(id, { revision, totalAmount: '9007199254740993', nextAction: `${FRAGILE_TEXT}again ` }),
        ),
      ),
      remove: [direct('streams.delete', id)],
      read: direct('streams.get', id),
    }),
  },
  user: {
    surface: 'users',
    item: (id) => ({
      create: [direct('users.put', { walletAddress: id, displayName: FRAGILE_TEXT, createdAt: EXACT })],
      // The name is gone then.
      change: [direct('users.put', { walletAddress: id, email: 'new@example.invalid' })],
      remove: [],
      read: direct('users.get', id),
    }),
  },
  event: {
    surface: 'activity',
    item: (id) => ({
      create: [direct('activity.append', eventOf(id, { streamId: id, timestamp: EXACT, details: DETAILS }))],
      change: [],
      remove: [],
      read: direct('activity.list', { streamId: id, limit: 5 }),
    }),
  },
  'event of no stream': {
    surface: 'activity',
    item: (id) => ({
      create: [direct('activity.append', eventOf(id, { type: id, timestamp: LATER }))],
      change: [],
      remove: [],
      read: direct('activity.list', { type: id, limit: 5 }),
    }),
  },
  'events of one stream': {
    surface: 'activity',
    item: (id) => ({
      // They have the same time, so that only their ids order them.
      create: ['a', 'B', 'c'].map((end) =>
        direct('activity.append', eventOf(`${id}-${end}`, { streamId: id, timestamp: EXACT })),
      ),
      change: [],
      remove: [],
      read: direct('activity.list', { streamId: id, limit: 5 }),
    }),
  },
  answer: {
    surface: 'idempotency',
    item: (token) => ({
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
    }),
  },
  'answer with a time to live': {
    surface: 'idempotency',
    capability: 'ttl',
    item: (token) => ({
      // A part of this time has passed when the record is copied.
      create: [direct('idempotency.insert', replayOf(token, { body: LONG_BODY, ttlMs: HOUR_MS }))],
      change: [],
      remove: [direct('idempotency.delete', token)],
      read: direct('idempotency.get', token),
    }),
  },
  'expired answer': {
    surface: 'idempotency',
    capability: 'ttl',
    item: (token) => ({
      create: [direct('idempotency.insert', replayOf(token, { createdAt: PAST, expiresAt: PAST }))],
      change: [],
      remove: [direct('idempotency.deleteExpired', 100)],
      read: direct('idempotency.get', token),
    }),
  },
  'executed answer': {
    surface: 'idempotency',
    capability: 'idempotencyClaims',
    item: (token) => ({
      create: [],
      change: [
        saved(token, direct('idempotency.begin', token, FINGERPRINT, LONG_LEASE_MS)),
        direct(
          'idempotency.finish',
          { $saved: token, path: 'claim' },
          replayOf(token, { body: FRAGILE_BODY }),
        ),
      ],
      remove: [],
      read: direct('idempotency.get', token),
    }),
  },
  'worked job': {
    surface: 'exports',
    capability: 'exportClaims',
    item: (id) => ({
      ...claimable(id),
      change: [
        // The first worker loses its lease, so the next worker makes a second attempt.
        claimNext(id, SHORT_LEASE_MS),
        { do: 'hold', ms: SHORT_LEASE_MS + LEASE_MARGIN_MS },
        claimNext(id, LONG_LEASE_MS),
        direct('jobs.complete', { $saved: id, path: 'claim' }, READY_PATCH),
      ],
    }),
  },
  'failed job': {
    surface: 'exports',
    capability: 'exportClaims',
    item: (id) => ({
      ...claimable(id),
      change: [
        claimNext(id, LONG_LEASE_MS),
        direct('jobs.fail', { $saved: id, path: 'claim' }, 'the disk is full'),
      ],
    }),
  },
  'taken job': {
    surface: 'exports',
    capability: 'exportClaims',
    item: (id) => ({ ...claimable(id), change: [claimNext(id, LONG_LEASE_MS)] }),
  },
  job: {
    surface: 'exports',
    item: (id) => ({
      create: [direct('jobs.create', jobOf(id, id, { requestedAt: EXACT, expiresAt: LATER }))],
      change: [
        direct('jobs.transition', id, ['pending'], 'processing', {}),
        direct('jobs.transition', id, ['processing'], 'ready', READY_PATCH),
      ],
      remove: [direct('jobs.delete', id)],
      read: direct('jobs.get', id),
    }),
  },
  'expired job': {
    surface: 'exports',
    item: (id) => ({
      create: [direct('jobs.create', jobOf(id, id, { requestedAt: EXACT }))],
      change: [
        direct('jobs.transition', id, ['pending'], 'processing', { attempts: 3 }),
        direct('jobs.transition', id, ['processing'], 'ready', READY_PATCH),
        direct('jobs.transition', id, ['ready'], 'expired', {}),
      ],
      remove: [direct('jobs.delete', id)],
      read: direct('jobs.get', id),
    }),
  },
  'audit record': {
    surface: 'exports',
    item: (id) => ({
      create: [direct('audit.append', auditOf(id, id, { timestamp: EXACT, details: DETAILS }))],
      change: [],
      remove: [],
      read: direct('audit.list', { exportId: id, limit: 5 }),
    }),
  },
  // It stays when the job is removed.
  'audit record of a job': {
    surface: 'exports',
    item: (id) => ({
      create: [
        direct('jobs.create', jobOf(id, id, { requestedAt: EXACT })),
        direct('audit.append', auditOf(id, id, { timestamp: LATER })),
      ],
      change: [],
      remove: [direct('jobs.delete', id)],
      read: direct('audit.list', { exportId: id, limit: 5 }),
    }),
  },
};

/** Names a record. Two in a row of one kind have names that differ by case alone, and that bytes order otherwise than letters. */
export function twinName(kind: ItemKind, index: number, of: string = ''): string {
  const name = `${kind.replaceAll(' ', '-')}-${of}${Math.floor(index / 2) + 1}`;
  return index % 2 === 0 ? name : name.toUpperCase();
}

/** The kinds that an adapter can hold. */
export function itemKindsOf({ surfaces, capabilities }: Subject): ItemKind[] {
  return ITEM_KINDS.filter((kind) => {
    const { surface, capability } = MAKERS[kind];
    return surfaces.includes(surface) && (capability === undefined || declares(capabilities, capability));
  });
}

export function itemOf(kind: ItemKind, id: string): Item {
  const { surface, item } = MAKERS[kind];
  return item(surface === 'idempotency' ? `moved:${id}` : id);
}

function claimable(id: string): Omit<Item, 'change'> {
  return {
    changesAny: true,
    create: [direct('jobs.create', jobOf(id, id, { requestedAt: EARLIER }))],
    // The worker could not finish a job that was removed.
    remove: [],
    read: direct('jobs.get', id),
  };
}

function claimNext(name: string, leaseMs: number): CallStep {
  return saved(name, direct('jobs.claimNext', 'a worker', leaseMs));
}

/** Calls that a section's view lacks, and calls that one of two concurrent sections may be refused. */
const UNVIEWED: readonly Method[] = [
  'idempotency.delete',
  'idempotency.putIfAbsent',
  'idempotency.deleteExpired',
  'idempotency.begin',
  'jobs.claimNext',
];

/** The same steps through a section's view. Undefined: not all of them can be made there. */
export function viewed(steps: readonly ItemStep[]): Step[] | undefined {
  const fits = steps.every((step) => step.do !== 'call' || !UNVIEWED.includes(step.method));
  return fits ? steps.map((step) => (step.do === 'call' ? { ...step, via: 'view' } : step)) : undefined;
}
