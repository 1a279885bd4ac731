import { changeIdempotency, field } from './base.ts';

// firstOrCreate: look for the record, and insert it if there is none.
export default field('first-or-create', (adapter) =>
  changeIdempotency(adapter, (store) => ({
    async putIfAbsent(record) {
      const existing = await store.get(record.token);
      if (existing !== undefined) return { stored: false, existing };
      return { stored: true, record: await store.insert(record) };
    },
  })),
);
