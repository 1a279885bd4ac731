/** Audits whose records can be changed, doubled, lost or read in the wrong order. */
import { randomUUID } from 'node:crypto';
import { codeOf } from '../../contract/index.ts';
import { replaceView, type Mutant } from '../mutant.ts';
import { replaceAudit } from './stores.ts';

export const auditDoubled: Mutant = {
  name: 'audit-doubled',
  origin: 'Each attempt makes a new id: a retried append writes its record twice.',
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
    'The audit logger has its own connection, "so that nothing is ever lost": it also records changes that were rolled back.',
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
  origin: 'details || undefined in the audit module: false and 0 are valid details, too.',
  clauses: ['AUD-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceAudit(adapter, (audit) => ({
      append: ({ details, ...record }) => audit.append(details ? { ...record, details } : record),
    })),
};
