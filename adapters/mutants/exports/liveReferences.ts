/** Stores that return the objects that they hold. */
import type { ExportAuditRecord, ExportJob } from '../../contract/index.ts';
import { holding } from '../holding.ts';
import type { Mutant } from '../mutant.ts';
import { mapPage } from '../stores.ts';
import { changeJobs, replaceAudit } from './stores.ts';

const origin =
  'The in-memory repository returns what is in its Map, and a handler that redacts its answer redacts the store.';

export const liveAudit: Mutant = {
  name: 'live-audit',
  origin,
  clauses: ['AUD-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const show = holding(({ id }: ExportAuditRecord) => id);
    return replaceAudit(adapter, (audit) => ({
      append: async (record) => show(await audit.append(record)),
      list: async (request) => mapPage(await audit.list(request), show),
    }));
  },
};

export const liveJobs: Mutant = {
  name: 'live-jobs',
  origin,
  clauses: ['EXP-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    changeJobs(
      adapter,
      holding(({ id, status, attempts }: ExportJob) => `${id} ${status} ${attempts}`),
    ),
};
