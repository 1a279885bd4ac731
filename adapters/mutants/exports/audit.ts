/** Audits that can be changed, doubled, lost or read in no order. */
import { randomUUID } from 'node:crypto';
import { codeOf } from '../../contract/index.ts';
import { replaceView, type Mutant } from '../mutant.ts';
import { replaceAudit } from './stores.ts';

/** Migrations without the trigger that guards the audit, and `change` for the rest. */
function unguarded(change: (sql: string) => string): (sql: string) => string {
  return (sql) =>
    change(
      sql.replace(
        /CREATE TRIGGER append_only [^;]+ ON export_audit_records\s+FOR EACH STATEMENT EXECUTE FUNCTION refuse_change\(\);/,
        '',
      ),
    );
}

export const auditOverwritten: Mutant = {
  name: 'audit-overwritten',
  origin: 'save() of the ORM: a record with a known id is updated.',
  clauses: ['AUD-01'],
  bases: ['postgres'],
  rewrite: unguarded((sql) =>
    /INSERT INTO \S+\.export_audit_records/.test(sql)
      ? sql.replace('DO NOTHING', 'DO UPDATE SET type = excluded.type, details = excluded.details')
      : sql,
  ),
};

export const auditCascades: Mutant = {
  name: 'audit-cascades',
  origin: 'ON DELETE CASCADE from the jobs to their audit.',
  clauses: ['AUD-01'],
  bases: ['postgres'],
  rewrite: unguarded((sql) =>
    sql.replace(
      /^DELETE FROM (\S+)\.export_jobs WHERE id = \$1::text/,
      'WITH gone AS (DELETE FROM $1.export_audit_records WHERE export_id = $$1::text) $&',
    ),
  ),
};

export const auditDoubled: Mutant = {
  name: 'audit-doubled',
  origin: 'The id is made anew for each attempt: a retried append writes its record twice.',
  clauses: ['AUD-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceAudit(adapter, (audit) => ({
      append: async (record) => {
        try {
          return await audit.append(record);
        } catch (error) {
          if (codeOf(error) !== 'ALREADY_EXISTS') throw error;
          return audit.append({ ...record, id: `${record.id}-${randomUUID()}` });
        }
      },
    })),
};

export const auditOutsideTransaction: Mutant = {
  name: 'audit-outside-transaction',
  origin:
    'The audit logger has a connection of its own, "so that it is never lost": it tells of what was rolled back.',
  clauses: ['AUD-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const audit = adapter.exportRepository?.audit;
    return replaceView(adapter, (view) =>
      view.exports === undefined || audit === undefined
        ? view
        : { ...view, exports: { jobs: view.exports.jobs, audit } },
    );
  },
};

export const auditWithoutTieBreak: Mutant = {
  name: 'audit-without-tie-break',
  origin:
    'ORDER BY occurred_at alone, and a cursor of it: records of one moment come in any order or are skipped.',
  clauses: ['CUR-01', 'CUR-04'],
  bases: ['postgres'],
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
};
