/** Bugs by which an effect is paid wrongly, or is not marked as it was paid. */
import type { ActivityEvent } from '../../../../adapters/contract/index.ts';
import { isPayoutOf, paid, pick, sitesOf, type MutableEvidence, type Site } from '../sites.ts';
import { forAudits, seeded, type Seed } from './seed.ts';

export const OF_PAYMENTS: Readonly<Record<string, Seed>> = {
  'unpaid intent': (evidence, random) => {
    const site = pick(random, paid(evidence));
    for (const journal of evidence.journals)
      journal.entries = journal.entries.filter((line) => !isPayoutOf(site, line));
    return seeded('effects', site);
  },
  'payout of another amount': (evidence, random) => {
    const site = pick(random, paid(evidence));
    for (const journal of evidence.journals)
      for (const line of journal.entries) if (isPayoutOf(site, line)) line.amount += '0';
    return seeded('effects', site);
  },
  'second payout of another amount': (evidence, random) => {
    const site = pick(random, paid(evidence));
    const payout = site.journal.entries.find((line) => isPayoutOf(site, line));
    if (payout?.type === 'payout') site.journal.entries.push({ ...payout, amount: `${payout.amount}0` });
    return seeded('effects', site);
  },
  'payout for another stream': (evidence, random) => {
    const site = pick(random, paid(evidence));
    for (const journal of evidence.journals)
      for (const line of journal.entries) if (isPayoutOf(site, line)) line.stream = 'stream-other';
    return seeded('effects', site);
  },
  'payment that is marked nowhere': (evidence, random) => {
    const site = pick(random, paid(evidence));
    forMarks(evidence, site, () => []);
    return seeded('effects', site);
  },
  'payment that is marked twice': (evidence, random) => {
    const site = pick(random, paid(evidence));
    forMarks(evidence, site, (event) => [event, { ...event, id: `again:${event.id}` }]);
    return seeded('effects', site);
  },
  'payment that is marked with another amount': (evidence, random) => {
    const site = pick(random, paid(evidence));
    const { operationId } = site.execute;
    forMarks(evidence, site, (event) => [{ ...event, details: { operationId, amount: '5000001' } }]);
    return seeded('effects', site);
  },
  'payment that is marked without an effect': (evidence, random) => {
    const site = pick(random, paid(evidence));
    const details = { operationId: 'never-happened', amount: '5' };
    forMarks(evidence, site, (event) => [event, { ...event, id: 'payout.sent:never-happened', details }]);
    return seeded('effects', site);
  },
  'payout of what never happened': (evidence, random) => {
    const { execute, journal } = pick(random, sitesOf(evidence));
    const { stream, at } = execute;
    journal.entries.push({ type: 'payout', at, stream, operationId: 'never-happened', amount: '5' });
    return { rule: 'effects', stream };
  },
};

/** Changes the event that says that an effect was paid. */
function forMarks(
  evidence: MutableEvidence,
  { execute }: Site,
  change: (event: ActivityEvent) => ActivityEvent[],
): void {
  forAudits(evidence, (audit) => {
    audit.activity = audit.activity.flatMap((event) =>
      event.id === `payout.sent:${execute.operationId}` ? change(event) : [event],
    );
  });
}
