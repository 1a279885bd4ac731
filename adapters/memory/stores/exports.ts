import {
  EXPORT_TTL_MS,
  expiryAfter,
  transitionJob,
  validateExportAuditRecord,
  validateExportJob,
  validateId,
  validatePage,
  validateTransition,
  type ExportAuditRecord,
  type ExportAuditStore,
  type ExportJobStore,
  type ExportRepository,
} from '../../contract/index.ts';
import { alreadyExists, notFound } from '../../contract/rules/refusals.ts';
import { copy, copyWith } from '../copy.ts';
import { createExportClaims } from './exportClaims.ts';
import { listPage, scanPage } from '../page.ts';
import type { Session } from '../session.ts';
import { indexes } from '../store.ts';

export function createExportRepository(session: Session): ExportRepository {
  return { jobs: createJobStore(session), audit: createAuditStore(session) };
}

function createJobStore(session: Session): ExportJobStore {
  const rows = session.tables.jobs;
  return {
    ...createExportClaims(session),
    create: (given) =>
      session.write(() => {
        validateExportJob(given);
        if (rows.get(given.id) !== undefined) throw alreadyExists('exports', given.id);
        const { ttlMs, ...rest } = copy(given);
        const requestedAt = rest.requestedAt ?? session.stamp();
        const expiresAt = rest.expiresAt ?? expiryAfter(requestedAt, ttlMs ?? EXPORT_TTL_MS);
        const job = { ...rest, requestedAt, expiresAt, status: 'pending', rows: 0, attempts: 0 } as const;
        rows.set(job, 'absent');
        return copy(job);
      }),
    get: (id) =>
      session.read(() => {
        validateId(id);
        return copy(rows.get(id));
      }),
    delete: (id) =>
      session.write(() => {
        validateId(id);
        session.tables.work.delete(id);
        return rows.delete(id);
      }),
    list: (request) =>
      session.read(() => {
        validatePage(request);
        validateId(request.ownerId, 'ownerId');
        const index = indexes.jobs(request.ownerId);
        return listPage(rows, { index, order: 'latest-first', timeOf: (row) => row.requestedAt }, request);
      }),
    scan: (request) => session.read(() => scanPage(rows, request)),
    transition: (id, from, to, patch = {}) =>
      session.write(() => {
        validateId(id);
        validateTransition(to, patch);
        const job = rows.get(id);
        if (job === undefined) throw notFound('exports', id);
        const next = copy(transitionJob(job, from, to, patch));
        // If two transitions start from the same status, in sections or outside, only one may win.
        rows.set(next, 'same');
        session.tables.work.delete(id);
        return copy(next);
      }),
  };
}

/** Append-only, and independent of the jobs: deleting a job keeps its audit records. */
function createAuditStore(session: Session): ExportAuditStore {
  const rows = session.tables.audit;
  return {
    append: (given) =>
      session.write(() => {
        validateExportAuditRecord(given);
        if (rows.get(given.id) !== undefined) throw alreadyExists('exports', given.id);
        const record: ExportAuditRecord = copyWith(given, { timestamp: session.stamp() });
        rows.set(record, 'absent');
        return copy(record);
      }),
    list: (request) =>
      session.read(() => {
        validatePage(request);
        validateId(request.exportId, 'exportId');
        const index = indexes.audit(request.exportId);
        return listPage(rows, { index, order: 'oldest-first', timeOf: (row) => row.timestamp }, request);
      }),
    scan: (request) => session.read(() => scanPage(rows, request)),
  };
}
