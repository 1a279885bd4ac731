import fc from 'fast-check';
import { idempotencyToken, type IdempotencyRecord } from '../../../adapters/contract/index.ts';
import type { CodecCall } from '../../../scenarios/host/index.ts';
import { direct } from '../../harness/cases/generate.ts';
import { calls, codeOf, finaleValue, show, valueOf } from '../../harness/judging/observe.ts';
import { distinctRecords } from '../../harness/parts/distinct.ts';
import { joined } from '../../harness/parts/joined.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Property,
  type Scope,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { replayOf } from '../../harness/cases/records.ts';
import { literal } from '../../harness/judging/same.ts';

interface Parts {
  readonly scope: string;
  readonly key: string;
}

interface Case {
  readonly tokens: readonly Parts[];
  readonly malformed: string;
  /** A scope and a key of which at least one is invalid. */
  readonly malformedParts: Parts;
}

const LONGEST = 'k'.repeat(255);
/** The longest allowed scope and key, and the same with a scope that differs only at its end. */
const LONGEST_TOKENS: readonly Parts[] = ['a', 'b'].map((end) => ({
  scope: `${'s'.repeat(254)}${end}`,
  key: LONGEST,
}));

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
  fc.constant(LONGEST),
);

/** Tokens that a careless store confuses with the given one. */
const SIMILAR: readonly ((token: Parts) => Parts)[] = [
  ({ scope, key }) => ({ scope, key: swapCase(key) }),
  ({ scope, key }) => ({ scope: swapCase(scope), key }),
  ({ scope, key }) => ({ scope: scope === 'settle' ? 'withdraw' : 'settle', key }),
  ({ scope, key }) => ({ scope, key: `${key.slice(0, 100)}:${key.slice(0, 100)}` }),
  ({ scope, key }) => ({ scope: `${scope}${key[0] === ':' ? '-' : key[0]}`, key: key.slice(1) || 'k' }),
];

function swapCase(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()));
}

function distinct(tokens: readonly Parts[]): Parts[] {
  return [...new Map(tokens.map((token) => [`${token.scope}:${token.key}`, token])).values()];
}

/**
 * Texts that are no tokens: without scope, without key, with a space, control or non-ASCII characters, or too long.
 */
const MALFORMED: readonly string[] = [
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
];

const MALFORMED_PARTS: readonly Parts[] = [
  { scope: '', key: 'k' },
  { scope: 'settle', key: '' },
  // With a colon in the scope, ("settle:a", "b") and ("settle", "a:b") would be one token.
  { scope: 'settle:a', key: 'b' },
  { scope: 'se ttle', key: 'k' },
  { scope: 'settle', key: 'a b' },
  { scope: 'settle', key: '\n' },
  { scope: 'settle', key: 'é' },
  { scope: 'settle', key: 'k'.repeat(256) },
];

/**
 * Records with similar tokens must stay apart, and every call must refuse a malformed token. The encoding (the
 * target's own, if it has one) must make `scope:key` of every valid scope and key, and refuse invalid ones.
 */
const TOKENS: Property<Case> = {
  clause: 'IDEM-11',
  arbitrary: () =>
    fc.record({
      tokens: fc
        .tuple(
          fc.array(fc.record({ scope: scopeName, key }), { minLength: 1, maxLength: 3 }),
          fc.constantFrom(...SIMILAR),
        )
        .map(([tokens, similar]) => distinct([...tokens, similar(tokens[0] as Parts)]))
        .filter(({ length }) => length > 1),
      malformed: fc.constantFrom(...MALFORMED),
      malformedParts: fc.constantFrom(...MALFORMED_PARTS),
    }),
  examples: () => [
    ...MALFORMED.map((text, turn): Case => {
      const token = { scope: 'settle', key: 'Key' };
      const similar = SIMILAR[turn % SIMILAR.length] as (token: Parts) => Parts;
      const parts = MALFORMED_PARTS[turn % MALFORMED_PARTS.length] as Parts;
      return { tokens: [token, similar(token)], malformed: text, malformedParts: parts };
    }),
    { tokens: LONGEST_TOKENS, malformed: '', malformedParts: MALFORMED_PARTS[0] as Parts },
  ],
  trial: ({ tokens, malformed, malformedParts }, scope) => {
    const texts = tokens.map((token) => idempotencyToken(token.scope, ownKey(token.key, scope)));
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
      codec: [...tokens, malformedParts].map(encoding),
    };
  },
  judge: (run) => {
    const misencoded = wrongEncoding(run);
    if (misencoded !== undefined) return misencoded;
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
      summary: `The store confused one token with another: ${literal(tokenAt(run, wrong.record.step))}.`,
      expected: `every token keeps its own record: ${run.input.tokens.map((_, index) => literal(tokenAt(run, index))).join(', ')}`,
      actual: codeOf(wrong.record) ?? show(finaleValue(run, wrong.record.step), run.scope),
      marked: [wrong.record],
    };
  },
};

/** The key, made unique to the trial, and no longer than a key may be. */
function ownKey(key: string, scope: Scope): string {
  const end = `~${scope.asIs('')}`;
  return key.slice(0, LONGEST.length - end.length) + end;
}

export const IDEM_11: AnyProperty = property(joined(TOKENS, distinctRecords('idempotency')));

function encoding({ scope, key }: Parts): CodecCall {
  return { function: 'idempotencyToken', args: [scope, key] };
}

function wrongEncoding({ input, codec = [] }: TrialRun<Case>): Failure | undefined {
  for (const [index, { scope, key }] of [...input.tokens, input.malformedParts].entries()) {
    const result = codec[index];
    const isMalformed = index === input.tokens.length;
    const code = result?.ok === false ? (result.error.code ?? result.error.name) : undefined;
    const value = result?.ok === true ? result.value : undefined;
    if (isMalformed ? code === 'INVALID_TOKEN' : value === `${scope}:${key}`) continue;
    return {
      summary: `idempotencyToken(${JSON.stringify(scope)}, ${JSON.stringify(key)}) ${isMalformed ? 'did not refuse a malformed scope or key' : 'is not the scope, a colon and the key'}.`,
      expected: isMalformed ? 'INVALID_TOKEN' : JSON.stringify(`${scope}:${key}`),
      actual: code ?? JSON.stringify(value) ?? 'undefined',
    };
  }
  return undefined;
}

/** The token as the case names it, without the part that makes it unique. */
function tokenAt({ input }: TrialRun<Case>, index: number): string {
  const { scope, key } = input.tokens[index] as Parts;
  return `${scope}:${key}`;
}
