import { expect, it } from 'vitest';
import type { JournalEntry } from '../../../scenarios/evidence/model/journal.ts';
import type { RuleResult } from '../../result.ts';
import { judge } from '../index.ts';
import { mutableCopy } from '../testing/sites.ts';
import { simulate } from '../testing/synthetic.ts';

function judged(...entries: readonly JournalEntry[]): RuleResult | undefined {
  const evidence = mutableCopy(simulate({ trouble: 0 }));
  evidence.journals[0]?.entries.push(...entries);
  return judge(evidence).rules.find(({ rule }) => rule === 'beside');
}

it('is broken by an error that reached a service beside every call, and by what instances leave', () => {
  const stack = 'Error: ended twice\n    at close (pool.js:1:2)\n    at async main';
  const stray = {
    type: 'stray',
    at: 1,
    kind: 'unhandled rejection',
    text: 'Error: ended twice',
    stack,
  } as const;
  const leak = { type: 'leak', at: 2, kind: 'Timeout', instances: 4, growth: 4 } as const;
  const { verdict, findings } = judged(stray, leak) ?? {};
  expect(verdict).toBe('violated');
  expect(findings?.map(({ summary }) => summary)).toEqual([
    'An error reached service 1 outside any call (unhandled rejection). It would end a plain Node.js process: Error: ended twice (at close (pool.js:1:2))',
    'Every instance leaves something behind in service 1: after 4 were opened and closed, 4 × Timeout more were left.',
  ]);
});

it('is broken by what came where no journal is written, and by a process that ended by itself', () => {
  const evidence = mutableCopy(simulate({ trouble: 0 }));
  const beside = [
    { where: 'the auditing process', kind: 'uncaught exception', text: 'Error: gone' },
    { where: 'service 2', kind: 'end of the process', text: 'exit status 7' },
  ] as const;
  const judgement = judge({ ...evidence, header: { ...evidence.header, beside } });
  const { verdict, findings } = judgement.rules.find(({ rule }) => rule === 'beside') ?? {};
  expect(verdict).toBe('violated');
  expect(findings?.map(({ summary }) => summary)).toEqual([
    'An error reached the auditing process outside any call (uncaught exception). It would end a plain Node.js process: Error: gone',
    'Service 2 ended by itself (exit status 7).',
  ]);
});

it('holds where nothing came', () => {
  expect(judged()?.verdict).toBe('ok');
});
