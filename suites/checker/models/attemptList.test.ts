import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AttemptList, type AttemptTexts } from './attemptList.ts';
import { RepeatFilter } from './repeatFilter.ts';
import type { StreamAttempt } from './streamAttempts.ts';
import { TextArena } from './textArena.ts';

function perhaps<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.option(value, { nil: undefined });
}

const amount = fc.oneof(fc.bigInt({ min: -1n, max: 9n }), fc.bigInt({ min: 2n ** 52n, max: 2n ** 54n }));
const text = fc.oneof(fc.constantFrom('a', 'b', 'ab', ''), fc.string({ unit: 'binary' }));
const attempts: fc.Arbitrary<StreamAttempt> = fc.record({
  id: fc.constant(0),
  client: fc.maxSafeInteger(),
  call: fc.maxSafeInteger(),
  return: fc.oneof(fc.maxSafeInteger(), fc.constant(Infinity)),
  optional: fc.boolean(),
  input: fc.record(
    {
      kind: fc.constantFrom('effect', 'read', 'refused', 'unchanged', 'absent'),
      input: fc.oneof(
        fc.record({ f: fc.constantFrom('settle', 'withdraw', 'start', 'pause', 'stop') }),
        fc.record({ f: fc.constantFrom('settle', 'withdraw'), amount }),
      ),
      shown: fc.record({
        revision: perhaps(fc.maxSafeNat()),
        status: perhaps(fc.oneof(fc.constantFrom('active', 'ended'), fc.string())),
        released: perhaps(amount),
        withdrawn: perhaps(amount),
      }),
    },
    { requiredKeys: ['kind', 'shown'] },
  ),
  token: perhaps(text),
  fingerprint: perhaps(text),
  operationId: perhaps(text),
});

it('gives back what was put in, but for tokens that came once', () => {
  let kept = 0;
  fc.assert(
    fc.property(fc.array(attempts, { maxLength: 60 }), (list) => {
      const texts: AttemptTexts = { arena: new TextArena(), statuses: [], filter: new RepeatFilter() };
      const stored = new AttemptList(texts);
      for (const attempt of list) stored.push(attempt);
      const found = stored.toArray();
      expect(found.length).toBe(list.length);
      for (const [place, attempt] of list.entries()) {
        const { token, fingerprint, operationId, ...rest } = attempt;
        const same = token === undefined ? [] : list.filter((other) => other.token === token);
        kept += same.length > 1 ? 1 : 0;
        expect(found[place]).toMatchObject(
          same.length > 1 ? { ...rest, token, fingerprint, operationId } : rest,
        );
      }
      const repeated = new Set(
        list.flatMap(({ token }, place) =>
          list.findIndex((o) => o.token === token) === place || token === undefined ? [] : [token],
        ),
      );
      const listed = new Set(stored.repeatedTokens());
      for (const token of repeated) expect(listed).toContain(token);
    }),
    { numRuns: 300 },
  );
  expect(kept).toBeGreaterThan(100);
});
