import { expect, it } from 'vitest';
import { DEFAULT_CAPABILITIES, findClause, SURFACES, type Clause } from '../../adapters/contract/index.ts';
import type { Subject } from '../harness/engine/property.ts';
import { faultClauseOf, type FaultClause } from './clauses.ts';
import { TrialRunner } from './trialRunner.ts';

it('leaves a clause unverified whose fault would harm others, and starts nothing', async () => {
  const runner = new TrialRunner({
    target: { spec: 'mine', url: 'file:///nowhere/target.ts' },
    pg: 'postgresql://u:s3cr3t@h/d',
    allowFaultsOnServer: false,
    seed: 1,
    services: 2,
    offered: { faults: ['terminate-session'], faultsOnServer: ['terminate-session'], network: null },
    surfaces: SURFACES,
    now: () => 0,
  });
  const clause = findClause('IDEM-13') as Clause;
  const subject = { capabilities: DEFAULT_CAPABILITIES } as Subject;
  expect(await runner.decide(clause, faultClauseOf('IDEM-13') as FaultClause, subject)).toMatchObject({
    status: 'unverified',
    reason: expect.stringMatching(
      /^ended-sessions: terminate-session cannot be had here: .* postgresql:..u:\*\*\*@h.d, .* --allow-faults-on-server$/,
    ),
    runs: 0,
  });
});
