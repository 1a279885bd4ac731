import fc from 'fast-check';
import { isId } from '../../../adapters/contract/rules/text.ts';
import type { CodecCall, CodecResult } from '../../../scenarios/host/index.ts';
import { codePoint } from '../../harness/cases/generate.ts';
import { customProperty, type AnyProperty, type Failure } from '../../harness/engine/property.ts';

interface Case {
  readonly ids: readonly string[];
  readonly malformed: readonly string[];
}

/** Ids of many bytes, ids that need every digit of base64, and ids that are mistaken for something else. */
const IDS: readonly string[] = [
  's1',
  'a|b',
  'a=b',
  'ÿ',
  '日本',
  '\u{1F600}',
  'e\u0301',
  '\uFFFD',
  '\uFEFFid',
  ' ',
  '\n',
  '~~~',
  '???',
];

/** Only valid ids. A codec may treat other text as it likes, as long as it does not return other text for it. */
const id = fc.oneof(
  fc.constantFrom(...IDS),
  fc.string({ unit: codePoint, minLength: 1, maxLength: 12 }).filter(isId),
);

/**
 * The empty text is no id, and it is base64 of the empty text. A strict codec refuses it, and a plain one returns it.
 */
const EMPTY = '';

/** Texts that encodeCursor never returns. */
const MALFORMED: readonly string[] = [
  'Y',
  'YQ',
  'YQ=',
  'YQ===',
  'YR==',
  'YWI',
  'YWJ=',
  '=',
  '====',
  ' ',
  'YQ== ',
  '\nYQ==',
  'YQ==YQ==',
  '!',
  'Y!Q==',
  // Bytes that are not UTF-8: a lone continuation byte, an overlong NUL, a surrogate, a code point that is too high.
  'gA==',
  'wIA=',
  '7aCA',
  '9JCAgA==',
  '/w==',
  // The URL-safe alphabet.
  'w78_',
  'w78-',
];

const malformed = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...MALFORMED) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 8 }),
        fc.constantFrom('=', ' ', '*', '\n', 'é'),
      )
      .map(([text, extra]) => Buffer.from(text, 'utf8').toString('base64') + extra),
  },
);

/**
 * encodeCursor must return base64 of the id's UTF-8 bytes. decodeCursor must return the id, and refuse texts that
 * encodeCursor never returns. If the target has a codec of its own, that codec is judged.
 */
export const CUR_08: AnyProperty = customProperty<Case>({
  clause: 'CUR-08',
  arbitrary: () =>
    fc.record({
      ids: fc.array(id, { minLength: 1, maxLength: 8 }),
      malformed: fc.array(malformed, { minLength: 1, maxLength: 6 }),
    }),
  examples: () => [{ ids: IDS, malformed: MALFORMED }],
  execute: async ({ ids, malformed }, tools) => {
    const loan = await tools.lend(1);
    try {
      const calls = [
        ...ids.map((one): CodecCall => ({ function: 'encodeCursor', args: [one] })),
        ...ids.map((one): CodecCall => ({ function: 'decodeCursor', args: [base64(one)] })),
        ...malformed.map((one): CodecCall => ({ function: 'decodeCursor', args: [one] })),
        { function: 'encodeCursor', args: [EMPTY] } as const,
        { function: 'decodeCursor', args: [EMPTY] } as const,
      ];
      const results = (await loan.hosts[0]?.codec(calls)) ?? [];
      return wrongAnswer(ids, malformed, results);
    } finally {
      await loan.release();
    }
  },
});

function wrongAnswer(
  ids: readonly string[],
  malformed: readonly string[],
  results: readonly CodecResult[],
): Failure | undefined {
  for (const [index, one] of ids.entries()) {
    const failure =
      mismatch(`encodeCursor(${quoted(one)})`, base64(one), results[index]) ??
      mismatch(`decodeCursor(${quoted(base64(one))})`, one, results[ids.length + index]);
    if (failure !== undefined) return failure;
  }
  for (const [index, text] of malformed.entries()) {
    const result = results[2 * ids.length + index];
    if (result?.ok === false && result.error.code === 'INVALID_CURSOR') continue;
    return {
      summary: `decodeCursor(${quoted(text)}) did not refuse a text that encodeCursor returns for no id.`,
      expected: 'INVALID_CURSOR',
      actual: answer(result),
    };
  }
  const ends = results.slice(2 * ids.length + malformed.length);
  return acceptedEmptyText('encodeCursor', ends[0]) ?? acceptedEmptyText('decodeCursor', ends[1]);
}

/** The codec returned another text for the empty text. */
function acceptedEmptyText(name: string, result: CodecResult | undefined): Failure | undefined {
  if (result?.ok === false || result?.value === EMPTY) return undefined;
  return {
    summary: `${name}("") accepted the empty text, which is neither an id nor a cursor.`,
    expected: 'INVALID_CURSOR, or the empty text',
    actual: answer(result),
  };
}

function mismatch(call: string, expected: string, result: CodecResult | undefined): Failure | undefined {
  if (result?.ok === true && result.value === expected) return undefined;
  return {
    summary: `${call} is not base64 of the id's UTF-8 bytes, or does not give the id back.`,
    expected: quoted(expected),
    actual: answer(result),
  };
}

function answer(result: CodecResult | undefined): string {
  if (result === undefined) return 'no answer';
  return result.ok
    ? quoted(result.value)
    : `${result.error.code ?? result.error.name}: ${result.error.message}`;
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** JSON with everything escaped except printable ASCII, to distinguish texts that look equal. */
function quoted(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).replace(/[^\x20-\x7e]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
