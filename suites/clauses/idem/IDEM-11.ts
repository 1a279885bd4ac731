import fc from 'fast-check';
import { idempotencyToken, type IdempotencyRecord } from '../../../adapters/contract/index.ts';
import { direct } from '../../harness/generate.ts';
import { calls, codeOf, finaleValue, show, valueOf } from '../../harness/observe.ts';
import { property, type AnyProperty } from '../../harness/property.ts';
import { replayOf } from '../../harness/records.ts';

interface Case {
  readonly tokens: readonly { readonly scope: string; readonly key: string }[];
  readonly malformed: string;
}

const scopeName = fc.constantFrom('settle', 'withdraw', 'Settle', 'settle-', 's', '%', '_ettle');
const key = fc.oneof(
  fc.constantFrom(
    'k',
    'K',
    'k:',
    ':k',
    'k:k',
    'withdraw:k',
    '%',
    "'",
    '"',
    '\\',
    'k%',
    '__proto__',
    'constructor',
  ),
  fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    minLength: 1,
    maxLength: 12,
  }),
  fc.constant('k'.repeat(200)),
);

/** Not made by idempotencyToken: no scope, no key, a space, control or non-ASCII characters, too long. */
const malformed = fc.constantFrom(
  '',
  ':',
  'settle',
  'settle:',
  ':k',
  'settle:a b',
  'settle:\n',
  'settle:é',
  'se ttle:k',
  `settle:${'k'.repeat(256)}`,
);

/** Records under similar tokens stay apart, and a malformed token is refused by every call. */
export const IDEM_11: AnyProperty = property<Case>({
  clause: 'IDEM-11',
  arbitrary: () =>
    fc.record({
      tokens: fc.uniqueArray(fc.record({ scope: scopeName, key }), {
        minLength: 2,
        maxLength: 4,
        selector: ({ scope, key }) => `${scope}:${key}`,
      }),
      malformed,
    }),
  trial: ({ tokens, malformed }, scope) => {
    const texts = tokens.map((token) => idempotencyToken(token.scope, `${token.key}~${scope.id('')}`));
    return {
      actors: [
        {
          instance: 0,
          steps: [
            ...texts.map((token, index) =>
              direct('idempotency.insert', replayOf(token, { body: `"${index}"` })),
            ),
            direct('idempotency.get', malformed),
            direct('idempotency.putIfAbsent', replayOf(malformed)),
            direct('idempotency.delete', malformed),
          ],
        },
      ],
      finale: texts.map((token) => direct('idempotency.get', token)),
    };
  },
  judge: (run) => {
    const accepted = run.main.records
      .filter((record) => record.step >= run.input.tokens.length)
      .find((record) => codeOf(record) !== 'INVALID_TOKEN');
    if (accepted !== undefined) {
      return {
        summary: `The malformed token ${JSON.stringify(run.input.malformed)} was not refused.`,
        expected: 'INVALID_TOKEN',
        actual: codeOf(accepted) ?? show(valueOf(accepted), run.scope),
        marked: [accepted],
      };
    }
    const wrong = calls(run, 'idempotency.insert').find(({ record }, index) => {
      const stored = finaleValue(run, index) as IdempotencyRecord | undefined;
      return record.outcome.status === 'error' || stored?.body !== `"${index}"`;
    });
    if (wrong === undefined) return undefined;
    return {
      summary: `A record under one token was taken for that of another: ${show(wrong.step.args[0], run.scope)}.`,
      expected: 'every token keeps its own record',
      actual: codeOf(wrong.record) ?? show(finaleValue(run, wrong.record.step), run.scope),
      marked: [wrong.record],
    };
  },
});
