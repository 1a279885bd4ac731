import {
  EXPORT_TTL_MS,
  expiryAfter,
  StorageError,
  transitionJob,
  validateExportJob,
  validateId,
  validateTransition,
  type ExportJob,
  type ExportJobStore,
  type NewExportJob,
} from '../../contract/index.ts';
import { alreadyExists, notFound } from '../../contract/rules/refusals.ts';
import { createList, createScan } from '../sql/pages.ts';
import {
  asText,
  insertSql,
  optional,
  STAMPED,
  timeColumns,
  timeIn,
  timeParams,
  type Column,
  type Param,
  type Row,
  type Session,
  type Statement,
} from '../sql/sql.ts';
import { describeTable, recordIn, type Table } from '../sql/table.ts';

export const COLUMNS: readonly Column[] = [
  ['id', 'text'],
  ['owner_id', 'text'],
  ['file_name', 'text'],
  ['status', 'text'],
  ['rows', 'bigint'],
  ['attempts', 'bigint'],
  ...timeColumns('requested_at'),
  ...timeColumns('expires_at'),
  ['signed_url', 'text'],
  ...timeColumns('signed_url_expires_at'),
  ['failure_reason', 'text'],
];

export const jobTable: (schema: string) => Table<ExportJob> = describeTable('export_jobs', COLUMNS, fromRow);

/** How often a transition tries again after another one came first. A job changes its status at most three times. */
const TRANSITION_ATTEMPTS = 10;

/** Creates the export job stores of `schema`, one per session. */
export function exportJobStores(schema: string): (session: Session) => ExportJobStore {
  const jobs = jobTable(schema);
  const { create, get, remove, move } = statements(jobs);
  const listing = { name: 'jobs', ...jobs };
  const list = createList({
    ...listing,
    time: 'requested_at',
    order: 'latest-first',
    positionOf: ({ requestedAt, id }: ExportJob) => ({ timestamp: requestedAt, id }),
  });
  const scan = createScan({ ...listing, id: 'id', idOf: (job: ExportJob) => job.id });
  const find = async (session: Session, id: string): Promise<ExportJob | undefined> => {
    const { rows } = await session.run(get, [id]);
    return recordIn(jobs, rows);
  };
  return (session) => ({
    create: (job) =>
      session.write(async () => {
        validateExportJob(job);
        const { id } = job;
        const { rows } = await session.run(create, creationParams(job));
        const created = recordIn(jobs, rows);
        if (created === undefined) throw alreadyExists('exports', id);
        return created;
      }),
    get: (id) =>
      session.read(async () => {
        validateId(id);
        return find(session, id);
      }),
    delete: (id) =>
      session.write(async () => {
        validateId(id);
        return (await session.run(remove, [id])).count > 0;
      }),
    list: (request) =>
      session.read(async () => {
        validateId(request.ownerId, 'ownerId');
        return list(session, request, { owner_id: request.ownerId });
      }),
    scan: (request) => session.read(() => scan(session, request)),
    transition: (id, givenFrom, to, givenPatch = {}) =>
      session.write(async () => {
        validateId(id);
        validateTransition(to, givenPatch);
        const from = [...givenFrom];
        const patch = { ...givenPatch };
        for (let attempt = 1; attempt <= TRANSITION_ATTEMPTS; attempt += 1) {
          const job = await find(session, id);
          if (job === undefined) throw notFound('exports', id);
          const next = transitionJob(job, from, to, patch);
          // The old status is compared as the row is written: of two transitions from one status, one wins and the
          // other tries again. The attempts are compared too, because claiming a job again keeps its status and counts
          // an attempt.
          const { rows } = await session.run(move, [...jobParams(next), job.status, job.attempts]);
          const moved = recordIn(jobs, rows);
          if (moved !== undefined) return moved;
        }
        throw new StorageError(
          'UNAVAILABLE',
          `Expected export job ${JSON.stringify(id)} to keep its status for a moment, but it changed ${TRANSITION_ATTEMPTS} times. Nothing was changed; try again.`,
        );
      }),
  });
}

function statements({
  table,
  selected,
}: Table<ExportJob>): Record<'create' | 'get' | 'remove' | 'move', Statement> {
  const ttl = `$${COLUMNS.length + 1}::float8`;
  return {
    create: {
      name: 'jobs.create',
      kind: 'write',
      text: `${insertSql(table, COLUMNS, {
        requested_at: STAMPED,
        expires_at: `coalesce($$, now + ${ttl} * interval '1 millisecond')`,
      })}
        ON CONFLICT (id) DO NOTHING RETURNING ${selected}`,
    },
    get: { name: 'jobs.get', kind: 'read', text: `SELECT ${selected} FROM ${table} WHERE id = $1::text` },
    remove: { name: 'jobs.delete', kind: 'write', text: `DELETE FROM ${table} WHERE id = $1::text` },
    move: {
      name: 'jobs.transition',
      kind: 'write',
      text: `UPDATE ${table} AS stored
        SET ${COLUMNS.slice(1)
          .map(([name, type], index) => `${name} = $${index + 2}::${type}`)
          .join(', ')}
        WHERE id = $1::text AND status = $${COLUMNS.length + 1}::text
          AND attempts = $${COLUMNS.length + 2}::bigint
        RETURNING ${selected}`,
    },
  };
}

function creationParams(job: NewExportJob): Param[] {
  const { id, ownerId, fileName, requestedAt, ttlMs = EXPORT_TTL_MS } = job;
  const counted = requestedAt === undefined ? undefined : expiryAfter(requestedAt, ttlMs);
  const expiresAt = job.expiresAt ?? counted;
  const given = [...timeParams(requestedAt), ...timeParams(expiresAt)];
  return [id, ownerId, fileName, 'pending', 0, 0, ...given, null, ...timeParams(undefined), null, ttlMs];
}

function jobParams(job: ExportJob): Param[] {
  return [
    job.id,
    job.ownerId,
    job.fileName,
    job.status,
    job.rows,
    job.attempts,
    ...timeParams(job.requestedAt),
    ...timeParams(job.expiresAt),
    job.signedUrl ?? null,
    ...timeParams(job.signedUrlExpiresAt),
    job.failureReason ?? null,
  ];
}

export function fromRow(row: Row): ExportJob {
  return {
    id: row['id'] as string,
    ownerId: row['owner_id'] as string,
    status: row['status'] as ExportJob['status'],
    requestedAt: timeIn(row, 'requested_at'),
    expiresAt: timeIn(row, 'expires_at'),
    ...optional('signedUrl', row['signed_url'], asText),
    ...(row['signed_url_expires_at'] === null
      ? {}
      : { signedUrlExpiresAt: timeIn(row, 'signed_url_expires_at') }),
    fileName: row['file_name'] as string,
    rows: Number(row['rows']),
    attempts: Number(row['attempts']),
    ...optional('failureReason', row['failure_reason'], asText),
  };
}
