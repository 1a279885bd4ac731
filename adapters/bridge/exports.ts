/** Export jobs over the key-value store. */
import {
  EXPORT_TTL_MS,
  expiryAfter,
  transitionJob,
  validateExportJob,
  validateId,
  validatePage,
  validateTransition,
  type ExportJob,
  type ExportJobStore,
} from '../contract/index.ts';
import { alreadyExists, notFound } from '../contract/rules/refusals.ts';
import { listPage, scanPage } from './pages.ts';
import { withDefaults, type Session } from './session.ts';
import type { KeyValueStore } from './store.ts';

export function createJobStore(session: Session, rows: KeyValueStore<ExportJob>): ExportJobStore {
  const store = (job: ExportJob): ExportJob => {
    rows.set(job.id, job);
    return rows.get(job.id) as ExportJob;
  };
  return {
    create: (given) =>
      session.write(() => {
        validateExportJob(given);
        if (rows.get(given.id) !== undefined) throw alreadyExists('exports', given.id);
        const { ttlMs, ...rest } = given;
        const requestedAt = rest.requestedAt ?? session.stamp();
        const expiresAt = rest.expiresAt ?? expiryAfter(requestedAt, ttlMs ?? EXPORT_TTL_MS);
        return store(
          withDefaults(rest, {
            requestedAt,
            expiresAt,
            status: 'pending',
            rows: 0,
            attempts: 0,
          }) as ExportJob,
        );
      }),
    get: (id) =>
      session.read(() => {
        validateId(id);
        return rows.get(id);
      }),
    delete: (id) =>
      session.write(() => {
        validateId(id);
        return rows.delete(id);
      }),
    list: (request) =>
      session.read(() => {
        validatePage(request);
        const { ownerId } = request;
        validateId(ownerId, 'ownerId');
        return listPage(
          () => rows.values(),
          {
            order: 'latest-first',
            idOf,
            timeOf: (row) => row.requestedAt,
            shows: (row) => row.ownerId === ownerId,
          },
          request,
        );
      }),
    scan: (request) => session.read(() => scanPage(() => rows.values(), idOf, request)),
    transition: (id, from, to, patch = {}) =>
      session.write(() => {
        validateId(id);
        validateTransition(to, patch);
        const job = rows.get(id);
        if (job === undefined) throw notFound('exports', id);
        return store(withDefaults(transitionJob(job, from, to, patch), {}));
      }),
  };
}

const idOf = (row: ExportJob): string => row.id;
