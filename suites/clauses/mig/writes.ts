/** Every call that writes, each to its own record: what it needs beforehand, and what shows whether it happened. */
import {
  declares,
  MOVED_KINDS,
  type CapabilityName,
  type MovedKind,
  type Surface,
  type Writer,
} from '../../../adapters/contract/index.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { direct, saved, streamOf } from '../../harness/cases/generate.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import type { Subject } from '../../harness/engine/property.ts';
import {
  auditOf,
  eventOf,
  FINGERPRINT,
  jobOf,
  LONG_LEASE_MS,
  PAST,
  READY_PATCH,
  replayOf,
} from '../../harness/cases/records.ts';

const WRITE_NAMES = [
  'streams.create',
  'streams.put',
  'streams.delete',
  'users.put',
  'activity.append',
  'idempotency.insert',
  'idempotency.putIfAbsent',
  'idempotency.delete',
  'idempotency.deleteExpired',
  'idempotency.begin',
  'idempotency.finish',
  'idempotency.abandon',
  'jobs.create',
  'jobs.delete',
  'jobs.transition',
  'jobs.claimNext',
  'jobs.heartbeat',
  'jobs.complete',
  'jobs.fail',
  'audit.append',
] as const;
export type WriteName = (typeof WRITE_NAMES)[number] | `remove ${MovedKind}`;

export interface Write {
  /** The steps that it needs beforehand, by an accepted writer. */
  readonly before: readonly CallStep[];
  readonly call: CallStep;
  /** Whether a section's view has the call. */
  readonly isViewed: boolean;
  /** The read that shows its change. Undefined: the change cannot be read. */
  readonly read?: CallStep;
  /** The part of that read's answer that it changes. Default: all of it. */
  readonly shown?: (value: unknown) => unknown;
}

interface Maker {
  readonly surface: Surface;
  readonly capability?: CapabilityName;
  readonly write: (id: string) => Write;
}

/** Jobs that workers get before all others. */
const EARLIER = '2001-01-01T00:00:00.123456Z';

const STREAM = (id: string, call: CallStep, isThere: boolean): Write => ({
  before: isThere ? [direct('streams.create', streamOf(id))] : [],
  call,
  isViewed: true,
  read: direct('streams.get', id),
});

const ANSWER = (token: string, call: CallStep, isThere: boolean): Write => ({
  before: isThere ? [direct('idempotency.insert', replayOf(token))] : [],
  call,
  isViewed: call.method === 'idempotency.insert',
  read: direct('idempotency.get', token),
});

const JOB = (id: string, call: CallStep, isThere: boolean): Write => ({
  before: isThere ? [direct('jobs.create', jobOf(id, id))] : [],
  call,
  isViewed: true,
  read: direct('jobs.get', id),
});

/** A token that this actor has claimed. */
const executed = (token: string, call: CallStep): Write => ({
  ...ANSWER(token, call, false),
  before: [saved(token, direct('idempotency.begin', token, FINGERPRINT, LONG_LEASE_MS))],
});

/** A job that this actor has claimed. */
const worked = (id: string, call: CallStep): Write => ({
  before: [
    direct('jobs.create', jobOf(id, id, { requestedAt: EARLIER })),
    saved(id, direct('jobs.claimNext', 'a worker', LONG_LEASE_MS)),
  ],
  call,
  isViewed: false,
  read: direct('jobs.get', id),
});

const claimOf = (id: string): { readonly $saved: string; readonly path: string } => ({
  $saved: id,
  path: 'claim',
});

const MAKERS: Readonly<Record<(typeof WRITE_NAMES)[number], Maker>> = {
  'streams.create': {
    surface: 'streams',
    write: (id) => STREAM(id, direct('streams.create', streamOf(id)), false),
  },
  'streams.put': {
    surface: 'streams',
    write: (id) => STREAM(id, direct('streams.put', streamOf(id, { revision: 1 })), true),
  },
  'streams.delete': { surface: 'streams', write: (id) => STREAM(id, direct('streams.delete', id), true) },
  'users.put': {
    surface: 'users',
    write: (id) => ({
      before: [],
      call: direct('users.put', { walletAddress: id }),
      isViewed: true,
      read: direct('users.get', id),
    }),
  },
  'activity.append': {
    surface: 'activity',
    write: (id) => ({
      before: [],
      call: direct('activity.append', eventOf(id, { streamId: id })),
      isViewed: true,
      read: direct('activity.list', { streamId: id, limit: 5 }),
    }),
  },
  'idempotency.insert': {
    surface: 'idempotency',
    write: (token) => ANSWER(token, direct('idempotency.insert', replayOf(token)), false),
  },
  'idempotency.putIfAbsent': {
    surface: 'idempotency',
    write: (token) => ANSWER(token, direct('idempotency.putIfAbsent', replayOf(token)), false),
  },
  'idempotency.delete': {
    surface: 'idempotency',
    write: (token) => ANSWER(token, direct('idempotency.delete', token), true),
  },
  'idempotency.deleteExpired': {
    surface: 'idempotency',
    capability: 'ttl',
    write: (token) => ({
      before: [direct('idempotency.insert', replayOf(token, { createdAt: PAST, expiresAt: PAST }))],
      call: direct('idempotency.deleteExpired', 100),
      isViewed: false,
      read: direct('idempotency.scan', { limit: 1000 }),
      shown: (value) =>
        pageIn(value).items.filter((item) => (item as { readonly token?: unknown }).token === token),
    }),
  },
  'idempotency.begin': {
    surface: 'idempotency',
    capability: 'idempotencyClaims',
    write: (token) => ({
      before: [],
      call: direct('idempotency.begin', token, FINGERPRINT, LONG_LEASE_MS),
      isViewed: false,
    }),
  },
  'idempotency.finish': {
    surface: 'idempotency',
    capability: 'idempotencyClaims',
    write: (token) => executed(token, direct('idempotency.finish', claimOf(token), replayOf(token))),
  },
  'idempotency.abandon': {
    surface: 'idempotency',
    capability: 'idempotencyClaims',
    write: (token) => {
      const { read: _, ...write } = executed(token, direct('idempotency.abandon', claimOf(token)));
      return write;
    },
  },
  'jobs.create': { surface: 'exports', write: (id) => JOB(id, direct('jobs.create', jobOf(id, id)), false) },
  'jobs.delete': { surface: 'exports', write: (id) => JOB(id, direct('jobs.delete', id), true) },
  'jobs.transition': {
    surface: 'exports',
    write: (id) => JOB(id, direct('jobs.transition', id, ['pending'], 'processing', {}), true),
  },
  'jobs.claimNext': {
    surface: 'exports',
    capability: 'exportClaims',
    write: (id) => ({
      before: [direct('jobs.create', jobOf(id, id, { requestedAt: EARLIER }))],
      call: direct('jobs.claimNext', 'a worker', LONG_LEASE_MS),
      isViewed: false,
      read: direct('jobs.get', id),
    }),
  },
  'jobs.heartbeat': {
    surface: 'exports',
    capability: 'exportClaims',
    write: (id) => {
      const { read: _, ...write } = worked(id, direct('jobs.heartbeat', claimOf(id)));
      return write;
    },
  },
  'jobs.complete': {
    surface: 'exports',
    capability: 'exportClaims',
    write: (id) => worked(id, direct('jobs.complete', claimOf(id), READY_PATCH)),
  },
  'jobs.fail': {
    surface: 'exports',
    capability: 'exportClaims',
    write: (id) => worked(id, direct('jobs.fail', claimOf(id), 'the disk is full')),
  },
  'audit.append': {
    surface: 'exports',
    write: (id) => ({
      before: [],
      call: direct('audit.append', auditOf(id, id)),
      isViewed: true,
      read: direct('audit.list', { exportId: id, limit: 5 }),
    }),
  },
};

/** The call that stores a record of each kind. */
const STORED: Readonly<Record<MovedKind, (typeof WRITE_NAMES)[number]>> = {
  streams: 'streams.create',
  users: 'users.put',
  activity: 'activity.append',
  idempotency: 'idempotency.insert',
  jobs: 'jobs.create',
  audit: 'audit.append',
};

/** The writes of an adapter, each once. */
export function writesOf({ surfaces, capabilities }: Subject): WriteName[] {
  const isThere = (name: (typeof WRITE_NAMES)[number]): boolean => {
    const { surface, capability } = MAKERS[name];
    return surfaces.includes(surface) && (capability === undefined || declares(capabilities, capability));
  };
  const removed = MOVED_KINDS.filter((kind) => isThere(STORED[kind]));
  return [...WRITE_NAMES.filter(isThere), ...removed.map((kind) => `remove ${kind}` as const)];
}

/** Whether the write is a removal, which only copying writers may request. */
export function isRemoval(name: WriteName): boolean {
  return name.startsWith('remove ');
}

/** Whether one write may change, or be given, what the other one has stored. No trial has two such writes. */
export function interferes(one: WriteName, other: WriteName): boolean {
  if (one === 'idempotency.deleteExpired') return other === one;
  const isWork = (name: WriteName): boolean => /^jobs\.(claimNext|heartbeat|complete|fail)$/.test(name);
  return isWork(one) && isWork(other) && [one, other].includes('jobs.claimNext');
}

/** The write of a writer. Undefined: a writer that names no epoch. */
export function writeOf(name: WriteName, own: string, writer: Writer | undefined): Write {
  const removed = MOVED_KINDS.find((kind) => name === `remove ${kind}`);
  const stored = removed === undefined ? (name as (typeof WRITE_NAMES)[number]) : STORED[removed];
  const { surface, write } = MAKERS[stored];
  const id = surface === 'idempotency' ? `moved:${own}` : own;
  const made = write(id);
  if (removed === undefined)
    return writer === undefined ? made : { ...made, call: { ...made.call, as: writer } };
  return {
    ...made,
    before: [...made.before, made.call],
    call: direct('authority.remove', { epoch: writer?.epoch ?? 0, role: 'copying' }, removed, id),
    isViewed: false,
  };
}
