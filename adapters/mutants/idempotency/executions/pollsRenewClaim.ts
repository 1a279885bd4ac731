import type { Mutant } from '../../mutant.ts';
import { replaceClaims } from '../stores.ts';

/** Asking for a running execution renews its lease. */
export const pollsRenewClaim: Mutant = {
  name: 'polls-renew-claim',
  origin:
    'GET with EXAT, or UPDATE … SET locked_until = now() + lease … RETURNING for every request: as long as clients ask again, nobody can take over the execution of a dead process.',
  clauses: ['IDEM-05'],
  bases: ['memory', 'postgres'],
  mutate(adapter) {
    const renewed = new Map<string, number>();
    return replaceClaims(adapter, (store) => ({
      async begin(token, fingerprint, leaseMs) {
        const begun = await store.begin(token, fingerprint, leaseMs);
        const now = performance.now();
        if (begun.outcome === 'inProgress') renewed.set(token, now + leaseMs);
        if (begun.outcome !== 'started' || now >= (renewed.get(token) ?? 0)) return begun;
        await store.abandon(begun.claim);
        return { outcome: 'inProgress' };
      },
      async finish(claim, record) {
        const stored = await store.finish(claim, record);
        renewed.delete(record.token);
        return stored;
      },
      async abandon(claim) {
        renewed.clear();
        await store.abandon(claim);
      },
    }));
  },
};
