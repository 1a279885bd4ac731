/** The store in files, but lists, activity, exports and audit are kept in memory once they were read. */
import type { TargetDefinition } from '../../contract/index.ts';
import type { AppendOnlyStore, KeyValueStore } from '../store.ts';
import { sharedTarget } from './sharedTarget.ts';

function cachedLog<V>(log: AppendOnlyStore<V>): AppendOnlyStore<V> {
  let known: V[] | undefined;
  return {
    ...log,
    push: (value) => {
      log.push(value);
      known?.push(value);
    },
    toArray: () => (known ??= [...log.toArray()]),
  };
}

function cachedValues<V>(rows: KeyValueStore<V>): KeyValueStore<V> {
  const known = new Map<string, V>();
  const kept = (key: string, value: V | undefined): V | undefined => {
    if (value !== undefined) known.set(key, value);
    return value;
  };
  return {
    ...rows,
    get: (key) => known.get(key) ?? kept(key, rows.get(key)),
    set: (key, value) => {
      rows.set(key, value);
      known.set(key, value);
    },
    delete: (key) => {
      known.delete(key);
      return rows.delete(key);
    },
  };
}

const target: TargetDefinition = sharedTarget('cached-store', (store) => ({
  ...store,
  activity: cachedLog(store.activity!),
  exportAudit: cachedLog(store.exportAudit!),
  exportJobs: cachedValues(store.exportJobs!),
  users: cachedValues(store.users!),
}));
export default target;
