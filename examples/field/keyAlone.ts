import { field, changeIdempotency } from './base.ts';

// A stored answer is found by the key alone, whatever is requested.
export default field('key-alone', (adapter) =>
  changeIdempotency(adapter, (store) => ({
    async begin(token, fingerprint, leaseMs) {
      const found = await store.get(token);
      const begun = await store.begin?.(token, found?.fingerprint ?? fingerprint, leaseMs);
      if (begun === undefined) throw new Error('The adapter in memory has claims.');
      return begun;
    },
  })),
);
