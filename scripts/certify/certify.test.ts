/**
 * What this alone proves: PostgreSQL and the move to it hold the contract, and `certifyAdapter` registers its clauses as
 * tests. Few runs each, since `lockstep certify` runs many; the memory adapter is certified as packed, by package.test.ts.
 */
import type { certifyAdapter as CertifyAdapter } from '../vitest/index.ts';
import { distUrl } from '../paths.ts';

// Compiled, as authors have it.
const { certifyAdapter } = (await import(distUrl('scripts/vitest/index.js'))) as {
  readonly certifyAdapter: typeof CertifyAdapter;
};

certifyAdapter(distUrl('adapters/postgres/target.js'), { runs: 5 });
certifyAdapter(distUrl('adapters/migration/target.js'), {
  runs: 5,
  only: ['MIG', 'LOCK-01', 'IDEM-01'],
});
