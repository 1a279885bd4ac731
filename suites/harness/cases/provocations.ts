/** Calls that must fail, for every surface: what is stored first, what is called, and what must not change. */
import type { StorageErrorCode, Surface } from '../../../adapters/contract/index.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import {
  badFields,
  badIds,
  badPages,
  badRecords,
  EXISTS,
  INVALID,
  LONE,
  NO_IDS,
  NO_TEXTS,
  NO_TIMES,
  NO_TOKEN,
  NUL,
  TOKEN,
  UNKNOWN,
  type Bad,
} from './badCalls.ts';
import { direct, streamOf } from './generate.ts';
import type { Scope, Subject } from '../engine/property.ts';
import { REFUSALS } from '../vocabulary/refusals.ts';
import { entriesFor } from '../vocabulary/vocabulary.ts';
import { auditOf, eventOf, jobOf, READY_PATCH, replayOf } from './records.ts';

export interface Provocation {
  /** A description for messages: `streams.put of an unknown id`. */
  readonly what: string;
  readonly store: Store;
  /** The codes that the contract allows. */
  readonly codes: readonly StorageErrorCode[];
  readonly call: CallStep;
}

/** One store with a record, and all reads that show its records of this trial. */
export interface Store {
  readonly surface: Surface;
  readonly setup: readonly CallStep[];
  readonly reads: readonly CallStep[];
}

function store(surface: Surface, setup: CallStep[], reads: CallStep[], bad: readonly Bad[]): Provocation[] {
  const shared: Store = { surface, setup, reads };
  return bad.map(([what, method, args, codes = INVALID]) => ({
    what,
    store: shared,
    codes,
    call: direct(method, ...args),
  }));
}

const known = new WeakMap<Scope, readonly Provocation[]>();

/** All calls that must fail in this trial. Repeated calls return the same objects. */
export function provocationsIn(scope: Scope): readonly Provocation[] {
  const all = known.get(scope) ?? provocations(scope.id('here'), scope.id('nowhere'));
  known.set(scope, all);
  return all;
}

/** All calls that can fail on these surfaces, with ids that belong to no trial. */
export function examplesOf(subject: Pick<Subject, 'surfaces' | 'omitted'>): Provocation[] {
  const refusals = entriesFor(REFUSALS, subject).map(([, codes]) => String(codes));
  return EXAMPLES.filter(
    ({ store, codes }) => subject.surfaces.includes(store.surface) && refusals.includes(String(codes)),
  );
}

/** All calls that must fail, for an existing record `id` and an unused id `other`. */
function provocations(id: string, other: string): Provocation[] {
  return [
    ...streams(id, other),
    ...users(id, other),
    ...activity(id, other),
    ...idempotency(id, other),
    ...jobs(id, other),
    ...audit(id, other),
  ];
}

function streams(id: string, other: string): Provocation[] {
  const changed = streamOf(id, { nextAction: 'changed', totalAmount: '7' });
  const fresh = { ...changed, id: other };
  const fields = {
    status: ['done', null, undefined],
    recipient: NO_TEXTS,
    revision: [-1, 1.5, '1'],
    createdAt: NO_TIMES,
    updatedAt: ['now'],
    nextAction: [null, 7],
    withdrawal: [{ deep: [NUL] }, Number.NaN],
    further: [LONE, Number.POSITIVE_INFINITY],
    rate: [undefined, 'much'],
  };
  return store(
    'streams',
    [direct('streams.create', streamOf(id))],
    [direct('streams.get', id), direct('streams.get', other)],
    [
      ['streams.create of an id that exists', 'streams.create', [changed], EXISTS],
      ['streams.put of an unknown id', 'streams.put', [fresh], UNKNOWN],
      ...badFields('streams.create', fresh, fields),
      ...badFields('streams.put', changed, fields),
      ...NO_IDS.map(([what, bad]): Bad => [
        `streams.create with ${what}`,
        'streams.create',
        [{ ...changed, id: bad }],
      ]),
      ...badRecords('streams.create'),
      ...badRecords('streams.put'),
      ...badIds('streams.get'),
      ...badIds('streams.delete'),
      ...badPages('streams.list'),
      ...badPages('streams.scan'),
      ['streams.list with an unknown status', 'streams.list', [{ status: 'done', limit: 1 }]],
    ],
  );
}

function users(id: string, other: string): Provocation[] {
  const changed = { walletAddress: id, displayName: 'changed' };
  const fields = { displayName: NO_TEXTS, email: NO_TEXTS, createdAt: NO_TIMES };
  return store(
    'users',
    [direct('users.put', { walletAddress: id, displayName: 'first' })],
    [direct('users.get', id), direct('users.get', other)],
    [
      ...badFields('users.put', changed, fields),
      ...badFields('users.put', { ...changed, walletAddress: other }, fields).map(([what, ...rest]): Bad => [
        `the first ${what}`,
        ...rest,
      ]),
      ...NO_IDS.map(([what, bad]): Bad => [
        `users.put with ${what}`,
        'users.put',
        [{ ...changed, walletAddress: bad }],
      ]),
      ...badRecords('users.put'),
      ...badIds('users.get'),
      ...badPages('users.scan'),
    ],
  );
}

function activity(id: string, other: string): Provocation[] {
  const fresh = eventOf(other, { streamId: id });
  const fields = {
    type: ['', null],
    description: [...NO_TEXTS, undefined],
    timestamp: NO_TIMES,
    details: [{ n: Number.NaN }, [LONE]],
    streamId: ['', NUL],
  };
  return store(
    'activity',
    [direct('activity.append', eventOf(id, { streamId: id }))],
    [direct('activity.list', { streamId: id, limit: 5 })],
    [
      [
        'activity.append of another event with an id that exists',
        'activity.append',
        [eventOf(id, { streamId: id, description: 'changed' })],
        EXISTS,
      ],
      ...badFields('activity.append', fresh, fields),
      ...NO_IDS.map(([what, bad]): Bad => [
        `activity.append with ${what}`,
        'activity.append',
        [{ ...fresh, id: bad }],
      ]),
      ...badRecords('activity.append'),
      ...badPages('activity.list', { streamId: id }),
      ...badPages('activity.scan'),
    ],
  );
}

function idempotency(id: string, other: string): Provocation[] {
  const token = `settle:${id}`;
  const free = `settle:${other}`;
  const fresh = replayOf(free);
  const fields = {
    fingerprint: ['', 'xyz', undefined],
    status: [99, 600, 200.5, '200'],
    body: NO_TEXTS,
    createdAt: NO_TIMES,
    expiresAt: ['never'],
    ttlMs: [0, -1, 1.5],
  };
  const NO_TOKENS = ['', 'settle', 'settle:', 'settle:a b', `settle:${NUL}`, `settle:${'k'.repeat(256)}`];
  return store(
    'idempotency',
    [direct('idempotency.insert', replayOf(token))],
    [direct('idempotency.get', token), direct('idempotency.get', free)],
    [
      [
        'idempotency.insert of a live token',
        'idempotency.insert',
        [replayOf(token, { status: 201 })],
        EXISTS,
      ],
      ...badFields('idempotency.insert', fresh, fields),
      ...badFields('idempotency.putIfAbsent', fresh, fields),
      ...NO_TOKENS.map((bad): Bad => [
        `idempotency.insert of the token ${JSON.stringify(bad)}`,
        'idempotency.insert',
        [replayOf(bad)],
        TOKEN,
      ]),
      ...NO_TOKENS.map((bad): Bad => [
        `idempotency.get of the token ${JSON.stringify(bad)}`,
        'idempotency.get',
        [bad],
        TOKEN,
      ]),
      ...badRecords('idempotency.insert', NO_TOKEN),
      ['idempotency.deleteExpired of 0', 'idempotency.deleteExpired', [0]],
      ['idempotency.deleteExpired of -1', 'idempotency.deleteExpired', [-1]],
      ...badPages('idempotency.scan'),
    ],
  );
}

function jobs(id: string, other: string): Provocation[] {
  const fresh = jobOf(other, id);
  const fields = {
    ownerId: ['', NUL],
    fileName: [...NO_TEXTS, undefined],
    requestedAt: NO_TIMES,
    ttlMs: [0, -1],
  };
  const move = (what: string, ...rest: readonly [...unknown[]]): Bad => [
    `jobs.transition ${what}`,
    'jobs.transition',
    [id, ...rest],
  ];
  return store(
    'exports',
    [direct('jobs.create', jobOf(id, id)), direct('jobs.transition', id, ['pending'], 'processing')],
    [direct('jobs.get', id), direct('jobs.get', other), direct('jobs.list', { ownerId: id, limit: 5 })],
    [
      [
        'jobs.create of an id that exists',
        'jobs.create',
        [jobOf(id, id, { fileName: 'changed.csv' })],
        EXISTS,
      ],
      ['jobs.transition of an unknown id', 'jobs.transition', [other, ['pending'], 'processing'], UNKNOWN],
      [
        'jobs.transition from another status',
        'jobs.transition',
        [id, ['pending'], 'processing'],
        ['CONFLICT'],
      ],
      [
        'jobs.transition that is not allowed',
        'jobs.transition',
        [id, ['processing'], 'expired'],
        ['CONFLICT'],
      ],
      move('to ready without a URL', ['processing'], 'ready', { rows: 1 }),
      move('with rows -1', ['processing'], 'ready', { ...READY_PATCH, rows: -1 }),
      move('with a number for a URL', ['processing'], 'ready', { ...READY_PATCH, signedUrl: 7 }),
      move('with no time of expiry', ['processing'], 'ready', { ...READY_PATCH, signedUrlExpiresAt: 'soon' }),
      ...badFields('jobs.create', fresh, fields),
      ...badRecords('jobs.create'),
      ...badIds('jobs.get'),
      ...badIds('jobs.delete'),
      ...badIds('jobs.transition', ['processing'], 'failed'),
      ...badPages('jobs.list', { ownerId: id }),
      ...badPages('jobs.scan'),
    ],
  );
}

function audit(id: string, other: string): Provocation[] {
  const fresh = auditOf(other, id);
  return store(
    'exports',
    [direct('audit.append', auditOf(id, id))],
    [direct('audit.list', { exportId: id, limit: 5 })],
    [
      [
        'audit.append of an id that exists',
        'audit.append',
        [auditOf(id, id, { details: 'changed' })],
        EXISTS,
      ],
      ...badFields('audit.append', fresh, {
        type: ['export.lost', null],
        timestamp: NO_TIMES,
        details: [[NUL]],
        exportId: ['', LONE],
      }),
      ...badRecords('audit.append'),
      ...badPages('audit.list', { exportId: id }),
      ...badPages('audit.scan'),
    ],
  );
}

const EXAMPLES = provocations('here', 'nowhere');
