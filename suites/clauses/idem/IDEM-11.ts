import fc from 'fast-check';
import { idempotencyToken, type IdempotencyRecord } from '../../../adapters/contract/index.ts';
import { direct } from '../../harness/generate.ts';
import { calls, codeOf, finaleValue, show, valueOf } from '../../harness/observe.ts';
import { property, type AnyProperty, type TrialRun } from '../../harness/property.ts';
import { replayOf } from '../../harness/records.ts';
import { literal } from '../../harness/same.ts';

interface Token {
  readonly scope: string;
  readonly key: string;
}

interface Case {
  readonly tokens: readonly Token[];
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

/** Tokens that a careless store takes for the given one. */
const SIMILAR: readonly ((token: Token) => Token)[] = [
  ({ scope, key }) => ({ scope, key: swapCase(key) }),
  ({ scope, key }) => ({ scope: swapCase(scope), key }),
  ({ scope, key }) => ({ scope: scope === 'settle' ? 'withdraw' : 'settle', key }),
  ({ scope, key }) => ({ scope, key: `${key.slice(0, 100)}:${key.slice(0, 100)}` }),
  ({ scope, key }) => ({ scope: `${scope}${key[0] === ':' ? '-' : key[0]}`, key: key.slice(1) || 'k' }),
];

function swapCase(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()));
}

function distinct(tokens: readonly Token[]): Token[] {
  return [...new Map(tokens.map((token) => [`${token.scope}:${token.key}`, token])).values()];
}

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
      tokens: fc
        .tuple(
          fc.array(fc.record({ scope: scopeName, key }), { minLength: 1, maxLength: 3 }),
          fc.constantFrom(...SIMILAR),
        )
        .map(([tokens, similar]) => distinct([...tokens, similar(tokens[0] as Token)]))
        .filter(({ length }) => length > 1),
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
      summary: `A record under one token was taken for that of another: ${literal(tokenAt(run, wrong.record.step))}.`,
      expected: `every token keeps its own record: ${run.input.tokens.map((_, index) => literal(tokenAt(run, index))).join(', ')}`,
      actual: codeOf(wrong.record) ?? show(finaleValue(run, wrong.record.step), run.scope),
      marked: [wrong.record],
    };
  },
});

/** As the case names it, without what makes it unique. */
function tokenAt({ input }: TrialRun<Case>, index: number): string {
  const { scope, key } = input.tokens[index] as Token;
  return `${scope}:${key}`;
}
