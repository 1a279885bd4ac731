import { certifyAdapter } from 'lockstep/suites';
// So that `vitest --watch` runs this again when the adapter changes.
import './target.ts';

// One test for each clause of the contract. What does not apply is skipped, with the reason.
certifyAdapter('./target.ts', {
  runs: 25, // generated programs per clause; `npx lockstep certify ./target.ts` runs 100
  processes: 2, // for clauses across processes, once `crossInstance` is declared
});
