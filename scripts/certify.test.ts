/**
 * What this alone proves: the bundled adapters hold the contract, and `certifyAdapter` registers its clauses as tests. Few
 * runs each, since `lockstep certify` runs many.
 */
import { certifyAdapter } from '../suites/vitest.ts';
import { distUrl } from './paths.ts';

certifyAdapter(distUrl('adapters/memory/target.js'), { runs: 5 });
certifyAdapter(distUrl('adapters/postgres/target.js'), { runs: 5 });
certifyAdapter(distUrl('adapters/migration/target.js'), {
  runs: 5,
  only: ['MIG', 'LOCK-01', 'LOCK-02', 'IDEM-01', 'TX-01'],
});
