import {
  validateActivityEvent,
  validateId,
  validatePage,
  type ActivityEvent,
  type ActivityStore,
} from '../../contract/index.ts';
import { alreadyExists } from '../../contract/rules/refusals.ts';
import { copy, copyWith } from '../copy.ts';
import { listPage, scanPage } from '../page.ts';
import type { Session } from '../session.ts';
import { indexes } from '../store.ts';

/** Append-only. An existing id is ALREADY_EXISTS, even for an equal event. */
export function createActivityStore(session: Session): ActivityStore {
  const rows = session.tables.activity;
  return {
    append: (event) =>
      session.write(() => {
        validateActivityEvent(event);
        if (rows.get(event.id) !== undefined) throw alreadyExists('activity', event.id);
        const record: ActivityEvent = copyWith(event, { timestamp: session.stamp() });
        rows.set(record, 'absent');
        return copy(record);
      }),
    list: (request) =>
      session.read(() => {
        validatePage(request);
        if (request.streamId !== undefined) validateId(request.streamId, 'streamId');
        if (request.type !== undefined) validateId(request.type, 'type');
        const index = indexes.activity(request.streamId, request.type);
        return listPage(rows, { index, order: 'latest-first', timeOf: (row) => row.timestamp }, request);
      }),
    scan: (request) => session.read(() => scanPage(rows, request)),
  };
}
