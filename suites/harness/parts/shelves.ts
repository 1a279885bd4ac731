/** How a record with a given id is stored, read and removed, for each store. */
import { idempotencyToken, type Surface } from '../../../adapters/contract/index.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { direct, streamOf } from '../cases/generate.ts';
import { pageIn } from '../judging/pages.ts';
import { auditOf, eventOf, jobOf, replayOf } from '../cases/records.ts';
import type { Table } from '../cases/tables.ts';

export interface Shelf {
  readonly table: Table['name'];
  readonly surface: Surface;
  /** The name of one record, for messages. */
  readonly noun: string;
  /** The name of the record's parent, by which lists are read, for messages. Absent: it has no parent. */
  readonly parent?: string;
  /** `mark` is stored in a field of the record. `parent` is the id of its parent. */
  create(id: string, parent: string, mark: string): CallStep;
  /** Each read shows only this record, or nothing. */
  reads(id: string, parent: string): readonly CallStep[];
  /** Removes the record. Absent: records cannot be removed. */
  remove?(id: string): CallStep;
  /** The mark of a record that was read. */
  markIn(item: unknown): unknown;
}

const token = (id: string): string => idempotencyToken('shelf', id);
const fieldOf = (item: unknown, field: string): unknown =>
  (item as Readonly<Record<string, unknown>> | undefined)?.[field];

export const SHELVES: readonly Shelf[] = [
  {
    table: 'streams',
    surface: 'streams',
    noun: 'stream',
    create: (id, _, mark) => direct('streams.create', streamOf(id, { nextAction: mark })),
    reads: (id) => [direct('streams.get', id)],
    remove: (id) => direct('streams.delete', id),
    markIn: (item) => fieldOf(item, 'nextAction'),
  },
  {
    table: 'users',
    surface: 'users',
    noun: 'user',
    create: (id, _, mark) => direct('users.put', { walletAddress: id, displayName: mark }),
    reads: (id) => [direct('users.get', id)],
    markIn: (item) => fieldOf(item, 'displayName'),
  },
  {
    table: 'activity',
    surface: 'activity',
    noun: 'event',
    parent: 'stream',
    create: (id, parent, mark) =>
      direct('activity.append', eventOf(id, { streamId: parent, type: parent, description: mark })),
    reads: (_, parent) => [
      direct('activity.list', { streamId: parent, limit: 5 }),
      direct('activity.list', { type: parent, limit: 5 }),
    ],
    markIn: (item) => fieldOf(item, 'description'),
  },
  {
    table: 'idempotency',
    surface: 'idempotency',
    noun: 'replay record',
    create: (id, _, mark) => direct('idempotency.insert', replayOf(token(id), { body: mark })),
    reads: (id) => [direct('idempotency.get', token(id))],
    remove: (id) => direct('idempotency.delete', token(id)),
    markIn: (item) => fieldOf(item, 'body'),
  },
  {
    table: 'jobs',
    surface: 'exports',
    noun: 'export job',
    parent: 'owner',
    create: (id, parent, mark) => direct('jobs.create', jobOf(id, parent, { fileName: mark })),
    reads: (id, parent) => [direct('jobs.get', id), direct('jobs.list', { ownerId: parent, limit: 5 })],
    remove: (id) => direct('jobs.delete', id),
    markIn: (item) => fieldOf(item, 'fileName'),
  },
  {
    table: 'audit',
    surface: 'exports',
    noun: 'audit record',
    parent: 'export',
    create: (id, parent, mark) => direct('audit.append', auditOf(id, parent, { details: { mark } })),
    reads: (_, parent) => [direct('audit.list', { exportId: parent, limit: 5 })],
    markIn: (item) => fieldOf(fieldOf(item, 'details'), 'mark'),
  },
];

export function shelfOf(table: Table['name']): Shelf {
  return SHELVES.find((one) => one.table === table) as Shelf;
}

/** The marks in the answer of a read: a record or a page of records. */
export function marksIn(shelf: Shelf, step: CallStep, value: unknown): unknown[] {
  const items = step.method.endsWith('.list')
    ? pageIn(value).items
    : value === undefined || value === null
      ? []
      : [value];
  return items.map((item) => shelf.markIn(item));
}
