/** Changes that are made through one instance and observed through another, for each store. */
import type {
  ActivityEvent,
  ExportAuditRecord,
  ExportJob,
  IdempotencyRecord,
  StreamRecord,
  Surface,
  UserRecord,
} from '../../../adapters/contract/index.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { direct, enter, leave, streamOf, view } from './generate.ts';
import type { Scope } from '../engine/property.ts';
import { auditOf, eventOf, jobOf, replayOf } from './records.ts';
import { entryOptions } from '../vocabulary/shapes.ts';

export const LOOKS = ['get', 'list', 'scan', 'view'] as const;
export type Look = (typeof LOOKS)[number];

export type Change = 'create' | 'put' | 'delete';

/** More rows than a trial makes. Rows of later trials come first. */
const ROWS = 10;
/** More rows than all trials of a namespace make: lists of streams show the oldest first. */
const ALL_ROWS = 1000;

export interface LookedAt {
  readonly surface: Surface;
  readonly noun: string;
  readonly changes: readonly Change[];
  /** The change that leads to the state with this number. A change that does not fit the stored state is refused. */
  change(change: Change, scope: Scope, state: number): CallStep;
  /** The ways to observe the store, each as one call. The last one, if present, goes through a section's view. */
  readonly looks: Readonly<Partial<Record<Look, (scope: Scope) => CallStep>>>;
  /** The number of the state in a row of this trial. Undefined: the row belongs to another trial. */
  stateIn(row: unknown, scope: Scope): number | undefined;
}

const streams: LookedAt = {
  surface: 'streams',
  noun: 'the stream',
  changes: ['put', 'put', 'create', 'delete'],
  change: (change, scope, revision) => {
    const id = scope.id('s1');
    if (change === 'delete') return direct('streams.delete', id);
    return direct(change === 'create' ? 'streams.create' : 'streams.put', streamOf(id, { revision }));
  },
  looks: {
    get: (scope) => direct('streams.get', scope.id('s1')),
    list: () => direct('streams.list', { limit: ALL_ROWS }),
    scan: () => direct('streams.scan', { limit: ROWS }),
    view: (scope) => view('streams.get', scope.id('s1')),
  },
  stateIn: (row, scope) => {
    const { id, revision } = row as StreamRecord;
    return id === scope.id('s1') ? revision : undefined;
  },
};

const users: LookedAt = {
  surface: 'users',
  noun: 'the user',
  changes: ['put'],
  change: (_change, scope, state) =>
    direct('users.put', { walletAddress: scope.id('w1'), displayName: String(state) }),
  looks: {
    get: (scope) => direct('users.get', scope.id('w1')),
    scan: () => direct('users.scan', { limit: ROWS }),
    view: (scope) => view('users.get', scope.id('w1')),
  },
  stateIn: (row, scope) => {
    const { walletAddress, displayName } = row as UserRecord;
    return walletAddress === scope.id('w1') ? Number(displayName) : undefined;
  },
};

const activity: LookedAt = {
  surface: 'activity',
  noun: 'the activity',
  changes: ['create'],
  change: (_change, scope, state) => {
    const fields = { streamId: scope.id('s1'), details: { state } };
    return direct('activity.append', eventOf(scope.id(`e${state}`), fields));
  },
  looks: {
    list: (scope) => direct('activity.list', { streamId: scope.id('s1'), limit: ROWS }),
    scan: () => direct('activity.scan', { limit: ROWS }),
    view: (scope) => view('activity.list', { streamId: scope.id('s1'), limit: ROWS }),
  },
  stateIn: (row, scope) => {
    const { streamId, details } = row as ActivityEvent;
    return streamId === scope.id('s1') ? (details as { readonly state: number }).state : undefined;
  },
};

const idempotency: LookedAt = {
  surface: 'idempotency',
  noun: 'the replay record',
  changes: ['create', 'delete'],
  change: (change, scope, state) => {
    const token = `settle:${scope.asIs('k1')}`;
    if (change === 'delete') return direct('idempotency.delete', token);
    return direct('idempotency.insert', replayOf(token, { body: String(state) }));
  },
  looks: {
    get: (scope) => direct('idempotency.get', `settle:${scope.asIs('k1')}`),
    scan: () => direct('idempotency.scan', { limit: ROWS }),
    view: (scope) => view('idempotency.get', `settle:${scope.asIs('k1')}`),
  },
  stateIn: (row, scope) => {
    const { token, body } = row as IdempotencyRecord;
    return token === `settle:${scope.asIs('k1')}` ? Number(body) : undefined;
  },
};

const jobs: LookedAt = {
  surface: 'exports',
  noun: 'the export job',
  changes: ['put', 'create', 'delete'],
  change: (change, scope, state) => {
    const id = scope.id('j1');
    const fileName = `${state}.csv`;
    if (change === 'delete') return direct('jobs.delete', id);
    if (change === 'create') return direct('jobs.create', jobOf(id, scope.id('owner'), { fileName }));
    return direct('jobs.transition', id, ['pending'], 'processing', { fileName });
  },
  looks: {
    get: (scope) => direct('jobs.get', scope.id('j1')),
    list: (scope) => direct('jobs.list', { ownerId: scope.id('owner'), limit: ROWS }),
    scan: () => direct('jobs.scan', { limit: ROWS }),
    view: (scope) => view('jobs.get', scope.id('j1')),
  },
  stateIn: (row, scope) => {
    const { id, fileName } = row as ExportJob;
    return id === scope.id('j1') ? Number.parseInt(fileName) : undefined;
  },
};

const audit: LookedAt = {
  surface: 'exports',
  noun: 'the audit',
  changes: ['create'],
  change: (_change, scope, state) =>
    direct('audit.append', auditOf(scope.id(`a${state}`), scope.id('j1'), { details: { state } })),
  looks: {
    list: (scope) => direct('audit.list', { exportId: scope.id('j1'), limit: ROWS }),
    scan: () => direct('audit.scan', { limit: ROWS }),
    view: (scope) => view('audit.list', { exportId: scope.id('j1'), limit: ROWS }),
  },
  stateIn: (row, scope) => {
    const { exportId, details } = row as ExportAuditRecord;
    return exportId === scope.id('j1') ? (details as { readonly state: number }).state : undefined;
  },
};

export const STORES = ['streams', 'users', 'activity', 'idempotency', 'jobs', 'audit'] as const;
export type StoreName = (typeof STORES)[number];

export const LOOKED_AT: Readonly<Record<StoreName, LookedAt>> = {
  streams,
  users,
  activity,
  idempotency,
  jobs,
  audit,
};

/** The ways to observe the store. The one through a view needs locks. */
export function looksAt(store: StoreName, surfaces: readonly Surface[]): Look[] {
  const { looks } = LOOKED_AT[store];
  return LOOKS.filter((look) => looks[look] !== undefined && (look !== 'view' || surfaces.includes('locks')));
}

/** The steps of one look. `entry` says how a section requests its lock. */
export function lookSteps(store: StoreName, look: Look, scope: Scope, entry?: string): Step[] {
  const { looks } = LOOKED_AT[store];
  const step = looks[look]?.(scope);
  if (step === undefined) return [];
  const id = scope.id('s1');
  const options = entry === undefined ? {} : entryOptions(entry, [id]);
  return look === 'view' ? [enter(id, options), step, leave] : [step];
}

/** The latest state of this trial that the answer (a row or a page of rows) shows. Undefined: none. */
export function stateShown(store: StoreName, value: unknown, scope: Scope): number | undefined {
  const items = (value as { readonly items?: readonly unknown[] } | undefined)?.items ?? [value];
  const states = items.flatMap((row) =>
    row === undefined || row === null ? [] : (LOOKED_AT[store].stateIn(row, scope) ?? []),
  );
  return states.length === 0 ? undefined : Math.max(...states);
}
