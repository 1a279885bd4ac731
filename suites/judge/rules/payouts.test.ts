import { expect, it } from 'vitest';
import { createRandom } from '../../../scenarios/random.ts';
import { judge } from '../index.ts';
import { isEventOf, mutableCopy, paid, pick } from '../testing/sites.ts';
import { simulate } from '../testing/synthetic.ts';

it('names two effects with one id, and nobody for having paid one of them', () => {
  const evidence = mutableCopy(simulate({ trouble: 0 }));
  const site = pick(createRandom(1), paid(evidence));
  const { operationId } = site.execute;
  for (const audit of evidence.audits) {
    const event = audit.activity.find((one) => isEventOf(site, one));
    const details = { operationId, revision: 99, payout: { amount: '7' } };
    if (event !== undefined) audit.activity.push({ ...event, id: 'other', details });
  }
  const effects = judge(evidence).rules.find(({ rule }) => rule === 'effects');
  expect(effects?.verdict).toBe('violated');
  expect(effects?.findings.filter(({ summary }) => summary.includes('promised to pay'))).toEqual([]);
});
