import { expect, it } from 'vitest';
import { createRandom } from '../../../scenarios/random.ts';
import { judge } from '../index.ts';
import {
  inTheMiddle,
  isEventOf,
  mutableCopy,
  pick,
  type MutableEvidence,
  type Site,
} from '../testing/sites.ts';
import { simulate } from '../testing/synthetic.ts';

/** What is said of a missing revision, once `change` has taken it away. */
function told(change: (site: Site, evidence: MutableEvidence) => void): string {
  const evidence = mutableCopy(simulate({ trouble: 0 }));
  change(pick(createRandom(1), inTheMiddle(evidence)), evidence);
  const chain = judge(evidence).rules.find(({ rule }) => rule === 'revision-chain');
  return chain?.findings.map(({ summary }) => summary).join(' ') ?? '';
}

function setOutcome({ section }: Site, outcome: 'aborted' | 'unknown'): void {
  for (const line of section) if (line.type === 'settle') line.outcome = outcome;
}

it('says that nobody executed a missing revision', () => {
  const summary = told(({ journal, section }) => {
    journal.entries = journal.entries.filter((line) => !section.includes(line));
  });
  expect(summary).toMatch(/, and no service executed anything in between\.$/);
});

it('names who executed it and was told otherwise', () => {
  expect(told((site) => setOutcome(site, 'aborted'))).toMatch(
    /, and what service \d \(.*\) executed in between counts as rolled back, because withLock told service \d, which executed it, that nothing was committed\.$/,
  );
});

it('names who executed it without an event in storage', () => {
  const summary = told((site, { audits }) => {
    setOutcome(site, 'unknown');
    for (const audit of audits) audit.activity = audit.activity.filter((event) => !isEventOf(site, event));
  });
  expect(summary).toMatch(/, and what service \d \(.*\) executed in between has no event in storage\.$/);
});

it('tells a revision that was lost and made again from one that was made twice', () => {
  const twice = (isLost: boolean): string =>
    told((site, evidence) => {
      const { execute } = site;
      const next = inTheMiddle(evidence).find(
        (one) => one.execute.stream === execute.stream && one.execute.revision > execute.revision,
      ) as Site;
      const { revision } = execute;
      next.execute.revision = revision;
      for (const audit of evidence.audits)
        audit.activity = audit.activity.flatMap((event) => {
          if (isEventOf(next, event))
            return [{ ...event, details: { ...(event.details as object), revision } }];
          return isLost && isEventOf(site, event) ? [] : [event];
        });
    });
  expect(twice(true)).toMatch(
    / lost its revision \d+: service \d \(.*\) committed, as withLock told it, but storage/,
  );
  expect(twice(false)).not.toContain('lost its revision');
});
