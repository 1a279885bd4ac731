/** What this alone proves: no entry of whatever shape gets past the reader of evidence, and each is named with its field. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historyProblem, journalProblem, recordProblem } from './evidenceShape.ts';

const ENTRY = {
  client: 1,
  key: 's',
  f: 'settle',
  args: { token: 'settle:k', fingerprint: 'f', amount: '3' },
  call: 1,
  return: 2,
  outcome: 'ok',
  service: 1,
  result: { status: 200, revision: 1, releasedAmount: '3', effect: true, operationId: 'o', body: '{}' },
};
const JOURNAL = [
  { type: 'wait', at: 1, section: 1, stream: 's' },
  { type: 'enter', at: 1, section: 1, stream: 's', attempt: 1, fence: '7' },
  { type: 'leave', at: 1, section: 1, attempt: 1, wrote: true },
  { type: 'settle', at: 1, section: 1, outcome: 'committed' },
  { type: 'execute', at: 1, section: 1, attempt: 1, stream: 's', f: 'settle', operationId: 'o', revision: 1 },
  { type: 'payout', at: 1, stream: 's', operationId: 'o', amount: '3' },
  { type: 'workReturn', at: 1, turn: 1, call: 'claim', outcome: 'done', job: 'j', attempts: 1 },
  { type: 'answer', at: 2, section: 1, status: 200, settle: 1, outcome: 'committed' },
  {
    type: 'payout',
    at: 2,
    stream: 's',
    operationId: 'o',
    amount: '3',
    section: 1,
    settle: 1,
    outcome: 'unknown',
  },
];
/** A section in one line. */
const LEFT = {
  type: 'leave',
  at: 4,
  section: 1,
  attempt: 1,
  wrote: true,
  stream: 's',
  token: 't',
  wait: 1,
  enter: 2,
  read: 3,
};
const DONE = { ...LEFT, execute: 3, f: 'settle', operationId: 'o', revision: 1 };

describe('an entry of a history', () => {
  it.each([
    [ENTRY, undefined],
    [{ ...ENTRY, f: 'scan', result: { status: 200, ids: ['a'] } }, undefined],
    [{ ...ENTRY, outcome: 'unknown', return: null, result: undefined }, undefined],
    [null, 'an entry of a history'],
    [[], 'an entry of a history'],
    [{ ...ENTRY, f: 'steal' }, '"f" to be one of'],
    [{ ...ENTRY, call: 1.5 }, '"call"'],
    [{ ...ENTRY, call: 2 ** 60 }, '"call"'],
    [{ ...ENTRY, return: 0 }, '"return"'],
    [{ ...ENTRY, return: null }, '"return"'],
    [{ ...ENTRY, args: null }, '"args"'],
    [{ ...ENTRY, args: { amount: 3 } }, '"args.amount" to be a string, or nothing, got 3'],
    [{ ...ENTRY, result: undefined }, '"result"'],
    [{ ...ENTRY, result: { status: 200, operationId: 7 } }, '"result.operationId"'],
    [{ ...ENTRY, result: { status: 200, ids: [null] } }, '"result.ids"'],
    [{ ...ENTRY, key: 'x'.repeat(1e5), service: ['x'.repeat(1e5)] }, '…'],
  ])('%.80j: %s', (entry, problem) => {
    const found = historyProblem(entry);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(problem);
    expect(found?.length ?? 0).toBeLessThan(200);
  });
});

describe('an entry of a journal', () => {
  it.each([...JOURNAL, LEFT, DONE])('%j is one', (entry) => {
    expect(journalProblem(entry)).toBeUndefined();
  });

  it.each([
    [null, 'an entry of a journal'],
    [{ type: 'toString', at: 1 }, '"type" to be one of'],
    [{ ...JOURNAL[0], at: -1 }, '"at"'],
    [{ ...JOURNAL[3], outcome: 'perhaps' }, '"outcome" to be one of committed'],
    [{ ...JOURNAL[6], call: '__proto__' }, '"call" to be one of claim'],
    [{ ...JOURNAL[7], outcome: undefined }, '"outcome" and "settle" beside each other'],
    [{ ...JOURNAL[8], section: undefined }, '"section" and "settle" beside each other'],
    [{ ...DONE, f: undefined }, '"f" and "execute" beside each other'],
    [{ ...DONE, execute: undefined }, '"f" and "execute" beside each other'],
    [{ ...LEFT, enter: undefined }, '"stream" and "enter" beside each other'],
    [{ ...LEFT, enter: undefined, stream: undefined }, '"wait" beside "enter" only'],
    [{ ...LEFT, fence: 7 }, '"fence" to be a string, or nothing'],
  ])('%j is none: %s', (entry, problem) => {
    expect(journalProblem(entry)).toContain(problem);
  });

  it.each(Object.keys(DONE).filter((field) => field !== 'type'))('is none with another %s', (field) => {
    expect(journalProblem({ ...DONE, [field]: [] })).toContain(`"${field}" to be`);
  });
});

it('a record of an audit has the field that names it', () => {
  expect(recordProblem('streams', { id: 's', anything: {} })).toBeUndefined();
  expect(recordProblem('idempotency', { id: 's' })).toContain('"token" to be a string, got nothing');
  expect(recordProblem('exports', [])).toContain('a record of exports');
});

it('whatever is done to one field, it is told of or harmless', () => {
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom(undefined, 1e300, -0, '__proto__', '\u0000'));
  fc.assert(
    fc.property(fc.constantFrom<object>(ENTRY, ...JOURNAL), fc.nat(20), value, (entry, at, given) => {
      const names = Object.keys(entry);
      const changed = { ...entry, [names[at % names.length] as string]: given };
      for (const problem of [historyProblem(changed), journalProblem(changed)]) {
        expect(typeof (problem ?? '')).toBe('string');
        expect(problem ?? 'Expected').toMatch(/^Expected/);
      }
    }),
  );
});
