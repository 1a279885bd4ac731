import type { Json } from '../../contract/index.ts';
import { replaceAudit } from '../exports/stores.ts';
import type { Mutant } from '../mutant.ts';
import { replaceStore } from '../stores.ts';

const origin =
  'details ?? undefined, or a column that holds an object: null, a number or a list alone is lost on its way.';

/** Keeps details that are an object and drops all others. */
function objectsOnly<T extends { readonly details?: Json }>(record: T): T {
  const { details, ...rest } = record;
  const isObject = typeof details === 'object' && details !== null && !Array.isArray(details);
  return isObject ? record : (rest as T);
}

export const eventDetailsCut: Mutant = {
  name: 'event-details-cut',
  origin,
  clauses: ['ACT-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, 'activity', (store) => ({
      ...store,
      append: (event) => store.append(objectsOnly(event)),
    })),
};

export const auditDetailsCut: Mutant = {
  name: 'audit-details-cut',
  origin,
  clauses: ['AUD-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceAudit(adapter, (audit) => ({ append: (record) => audit.append(objectsOnly(record)) })),
};
