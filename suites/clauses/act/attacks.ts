/** Calls that could change or remove stored events. */
import type { ActivityEvent } from '../../../adapters/contract/index.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { direct, streamOf } from '../../harness/cases/generate.ts';
import type { Subject } from '../../harness/engine/property.ts';
import { auditOf, eventOf, jobOf, replayOf } from '../../harness/cases/records.ts';

/** A call that changes or removes an event if the storage is careless. `event` is the id of an event. */
export interface Attack {
  readonly what: string;
  readonly surface: Subject['surfaces'][number];
  call(event: string, stream: string): CallStep;
  /** Whether the caller then changes the returned object in place. */
  readonly editsResult?: true;
}

/** More than the number of events of a trial. */
export const LIMIT = 10;

const again = (what: string, fields: Partial<ActivityEvent>): Attack => ({
  what: `append of an event with ${what}`,
  surface: 'activity',
  call: (event, stream) => direct('activity.append', eventOf(event, { streamId: stream, ...fields })),
});

export const ATTACKS: readonly Attack[] = [
  again('another description', { description: 'changed' }),
  again('another type', { type: 'changed' }),
  again('another time', { timestamp: '2001-01-01T00:00:00.000000Z' }),
  again('other details', { details: { changed: true } }),
  again('other fields', { type: 'changed', description: 'changed', details: null }),
  {
    what: 'a change, in place, of what a list showed',
    surface: 'activity',
    call: (_event, stream) => direct('activity.list', { streamId: stream, limit: LIMIT }),
    editsResult: true,
  },
  {
    what: 'a change, in place, of what a scan showed',
    surface: 'activity',
    call: () => direct('activity.scan', { limit: LIMIT }),
    editsResult: true,
  },
  {
    what: 'deletion of the stream',
    surface: 'streams',
    call: (_event, stream) => direct('streams.delete', stream),
  },
  {
    what: 'replacement of the stream',
    surface: 'streams',
    call: (_event, stream) => direct('streams.put', streamOf(stream, { status: 'cancelled' })),
  },
  {
    what: 'a stream with the id of the event',
    surface: 'streams',
    call: (event) => direct('streams.create', streamOf(event)),
  },
  {
    what: 'a user with the id of the event',
    surface: 'users',
    call: (event) => direct('users.put', { walletAddress: event }),
  },
  {
    what: 'a replay record with the id of the event',
    surface: 'idempotency',
    call: (event) => direct('idempotency.putIfAbsent', replayOf(`settle:${event}`)),
  },
  {
    what: 'a sweep of expired tokens',
    surface: 'idempotency',
    call: () => direct('idempotency.deleteExpired', LIMIT),
  },
  {
    what: 'an export job with the id of the event',
    surface: 'exports',
    call: (event) => direct('jobs.create', jobOf(event, event)),
  },
  {
    what: 'deletion of an export job with the id of the event',
    surface: 'exports',
    call: (event) => direct('jobs.delete', event),
  },
  {
    what: 'an audit record with the id of the event',
    surface: 'exports',
    call: (event) => direct('audit.append', auditOf(event, event)),
  },
];
