/** Bugs in the SQL of export jobs and of their audit. */
import type { Mutant } from '../mutant.ts';
import { sqlMutants } from '../sqlTable.ts';

const OWNED = 'owner_id = $1::text';
const COMPARED = /(\.export_jobs AS stored[^]+) AND status = (\$\d+::text)/;

/** Migrations without the trigger that protects the audit, and `change` for all other SQL. */
function unguarded(change: (sql: string) => string): (sql: string) => string {
  return (sql) =>
    change(
      sql.replace(
        /CREATE TRIGGER append_only [^;]+ ON export_audit_records\s+FOR EACH STATEMENT EXECUTE FUNCTION refuse_change\(\);/,
        '',
      ),
    );
}

export const inSql: readonly Mutant[] = sqlMutants([
  {
    name: 'list-across-owners',
    origin: 'The owner is checked in the controller of the detail view, but not in that of the list.',
    clauses: ['EXP-05'],
    rewrite: (sql) => sql.replace(OWNED, '$1::text IS NOT NULL'),
  },
  {
    name: 'owner-prefix',
    origin: 'A key prefix scan "export:<owner>*" without a separator after the owner.',
    clauses: ['EXP-05'],
    rewrite: (sql) => sql.replace(OWNED, 'starts_with(owner_id, $1::text)'),
  },
  {
    name: 'owner-pattern',
    origin: 'LIKE instead of =: an underscore in the owner matches any character.',
    clauses: ['EXP-05'],
    rewrite: (sql) => sql.replace(OWNED, 'owner_id LIKE $1::text'),
  },
  {
    name: 'owner-case-folded',
    origin: 'A case-insensitive collation on the owner column.',
    clauses: ['EXP-05'],
    rewrite: (sql) => sql.replace(OWNED, 'lower(owner_id) = lower($1::text)'),
  },
  {
    name: 'owner-on-first-page',
    origin:
      'WHERE owner = $1 AND time < $2 OR time = $2 AND id < $3: from the second page on, the OR includes jobs of other owners.',
    clauses: ['EXP-05'],
    rewrite: (sql) =>
      sql.replace(
        /owner_id = \$1::text AND \(requested_at, id\) < \(\$2\S+, \$3\S+\)/,
        'owner_id = $1::text AND requested_at < $2::timestamptz OR requested_at = $2::timestamptz AND id < $3::text',
      ),
  },
  {
    name: 'job-time-cut',
    origin: 'requested_at is read as a Date, and the next page continues from it.',
    clauses: ['CUR-01'],
    rewrite: (sql) =>
      sql.includes('.export_jobs')
        ? sql.replace(
            /to_char\(requested_at AT TIME ZONE 'UTC'/g,
            `to_char(date_trunc('milliseconds', requested_at) AT TIME ZONE 'UTC'`,
          )
        : sql,
  },
  {
    name: 'transition-uncompared',
    origin:
      'The status is read and checked, and then written without a comparison: two workers both succeed.',
    clauses: ['EXP-01'],
    rewrite: (sql) => sql.replace(COMPARED, '$1 AND $2 IS NOT NULL'),
  },
  {
    name: 'audit-cascades',
    origin: 'ON DELETE CASCADE from the jobs to their audit.',
    clauses: ['AUD-01'],
    rewrite: unguarded((sql) =>
      sql.replace(
        /^DELETE FROM (\S+)\.export_jobs WHERE id = \$1::text/,
        'WITH gone AS (DELETE FROM $1.export_audit_records WHERE export_id = $$1::text) $&',
      ),
    ),
  },
  {
    name: 'audit-overwritten',
    origin: 'save() of an ORM: a record with a known id is updated.',
    clauses: ['AUD-01'],
    rewrite: unguarded((sql) =>
      /INSERT INTO \S+\.export_audit_records/.test(sql)
        ? sql.replace('DO NOTHING', 'DO UPDATE SET type = excluded.type, details = excluded.details')
        : sql,
    ),
  },
  {
    name: 'audit-without-tie-break',
    origin:
      'ORDER BY occurred_at alone, and a cursor made of it: records with equal times come in any order or are skipped.',
    clauses: ['CUR-01', 'CUR-04'],
    rewrite: (sql) =>
      sql.includes('export_audit_records')
        ? sql
            .replace('(export_id, occurred_at, id)', '(export_id, occurred_at)')
            .replace('ORDER BY stored.occurred_at ASC, stored.id ASC', 'ORDER BY stored.occurred_at ASC')
            .replace(
              /\(occurred_at, id\) > \((\$\d+)::timestamptz, (\$\d+)::text\)/,
              'occurred_at > $1::timestamptz AND $2::text IS NOT NULL',
            )
        : sql,
  },
  {
    name: 'heartbeat-without-effect',
    origin: 'UPDATE … SET heartbeat_at = now(), but the query for stalled jobs uses started_at.',
    clauses: ['EXP-02'],
    rewrite: (sql) =>
      sql.replace(
        /SET leased_until = clock_timestamp\(\) \+ lease_ms [^']+'1 millisecond'/,
        'SET leased_until = leased_until',
      ),
  },
  {
    name: 'newest-job-first',
    origin:
      'ORDER BY requested_at DESC, as in the list of jobs: while new jobs arrive, the first one never starts.',
    clauses: ['EXP-02'],
    rewrite: (sql) =>
      sql.replace('ORDER BY requested_at, id LIMIT 1', 'ORDER BY requested_at DESC, id LIMIT 1'),
  },
  {
    name: 'stalled-jobs-last',
    origin: 'Stalled jobs are searched only when no job is pending: on a busy queue, that is never.',
    clauses: ['EXP-02'],
    rewrite: (sql) =>
      sql.replace('ORDER BY requested_at, id LIMIT 1', 'ORDER BY status, requested_at, id LIMIT 1'),
  },
  {
    name: 'started-job-claimed',
    origin:
      'coalesce(leased_until, started_at) < now(): a job that was started without a lease counts as stalled.',
    clauses: ['EXP-02'],
    rewrite: (sql) =>
      sql.replace(
        'OR leased_until <= clock_timestamp())',
        "OR coalesce(leased_until, '-infinity') <= clock_timestamp())",
      ),
  },
  {
    name: 'three-attempts',
    origin: 'The default retry limit of a queue: after that the job stays in processing forever.',
    clauses: ['EXP-02'],
    rewrite: (sql) =>
      sql.replace(
        "AND (status = 'pending' OR leased_until",
        "AND attempts < 3 AND (status = 'pending' OR leased_until",
      ),
  },
  {
    name: 'file-named-anew',
    origin: 'The result has its own file name, which overwrites the requested one.',
    clauses: ['EXP-04'],
    rewrite: (sql) =>
      sql.replace(
        "SET status = 'ready', signed_url =",
        "SET status = 'ready', file_name = 'export.csv', signed_url =",
      ),
  },
]);
