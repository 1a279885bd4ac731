import { certifyAdapter } from 'lockstep/suites';

// One test for each clause of the contract. What does not apply is skipped, with the reason.
certifyAdapter(new URL('./target.ts', import.meta.url), {
  runs: 25, // generated programs a clause; `npx lockstep certify ./target.ts` runs 100
  processes: 2, // for clauses across processes, once `crossInstance` is declared
});
