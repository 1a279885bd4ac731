/** Audits that can be changed, doubled, lost or read in no order. */
import { randomUUID } from 'node:crypto';
import { codeOf } from '../../contract/index.ts';
import { replaceView, type Mutant } from '../mutant.ts';
import { replaceAudit } from './stores.ts';

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

export const falseDetailsLost: Mutant = {
  name: 'false-details-lost',
  origin: 'details || undefined in the module of the audit: false and 0 are what was asked for, too.',
  clauses: ['AUD-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceAudit(adapter, (audit) => ({
      append: ({ details, ...record }) => audit.append(details ? { ...record, details } : record),
    })),
};
