/** Texts that a list certainly did not issue. The reason completes "a cursor that …". */
import { encodeCursor } from '../../../adapters/contract/index.ts';
import type { Argument, SavedArgument } from '../../../scenarios/host/language/program.ts';
import type { ListKind } from './tables.ts';

export interface BadCursor {
  readonly why: string;
  /** The text itself, or how to damage a cursor that the list returned. */
  readonly text: string | NonNullable<SavedArgument['splice']>;
  /**
   * Set if it could be the cursor of an id that some adapters store and others refuse. Then a page is allowed too, but
   * no other error.
   */
  readonly mayBeAnswered?: true;
}

const END = Number.MAX_SAFE_INTEGER;

/** Not base64 according to RFC 4648, or not the base64 of UTF-8 text. */
const ANYWHERE: readonly BadCursor[] = [
  { why: 'is empty', text: '' },
  { why: 'is a space', text: ' ' },
  { why: 'is not base64', text: 'not a cursor' },
  { why: 'is not base64', text: '*' },
  { why: 'is percent-encoded', text: 'YWJj%3D' },
  { why: 'lacks its padding', text: 'YQ' },
  { why: 'has bits set behind its end', text: 'YR==' },
  { why: 'has a line break behind its end', text: 'YQ==\n' },
  { why: 'is base64 of bytes that are no UTF-8', text: '/w==' },
  { why: 'is the word "null"', text: 'null' },
  { why: 'is the word "undefined"', text: 'undefined' },
  { why: 'is base64 of a surrogate in UTF-8', text: '7aCA' },
  { why: 'is a lone surrogate', text: '\uD800' },
  { why: 'is a NUL', text: '\0' },
  { why: 'has a NUL behind its end', text: 'YQ==\0' },
  { why: 'is 70,000 characters that are no base64', text: '*'.repeat(70_000) },
  { why: 'is base64 of an id with a NUL', text: encodeCursor('a\0b'), mayBeAnswered: true },
  { why: 'is base64 of an id of 70,000 bytes', text: encodeCursor('x'.repeat(70_000)), mayBeAnswered: true },
  { why: 'has a character appended', text: { at: END, remove: 0, insert: 'A' } },
  { why: 'has padding appended', text: { at: END, remove: 0, insert: '=' } },
  { why: 'has a space appended', text: { at: END, remove: 0, insert: ' ' } },
  { why: 'has a space in front', text: { at: 0, remove: 0, insert: ' ' } },
  { why: 'lost its last character', text: { at: -1, remove: 1, insert: '' } },
  { why: 'lost its first character', text: { at: 0, remove: 1, insert: '' } },
  { why: 'has a "-" for its third character', text: { at: 2, remove: 1, insert: '-' } },
  { why: 'has a "!" between its characters', text: { at: 8, remove: 0, insert: '!' } },
];

/** Base64 of a text that is not "timestamp|id". A scan's cursor is base64 of an id, and any text may be an id. */
const BY_TIME: readonly BadCursor[] = [
  { why: 'is base64 of a number', text: encodeCursor('1') },
  { why: 'is base64 of an id alone', text: encodeCursor('some-id') },
  { why: 'is base64 of a time alone', text: encodeCursor('2030-01-01T00:00:00.000000Z') },
  { why: 'names no id', text: encodeCursor('2030-01-01T00:00:00.000000Z|') },
  { why: 'names no time', text: encodeCursor('yesterday|some-id') },
  { why: 'names a day that does not exist', text: encodeCursor('2030-02-30T00:00:00.000000Z|some-id') },
  ...['-000001-01-01', '+275760-09-13', '0000-01-01', '10000-01-01', '99999999-01-01', '2030-13-01'].map(
    (day) => ({
      why: 'names a day that no time of the contract has',
      text: encodeCursor(`${day}T00:00:00.000000Z|some-id`),
    }),
  ),
  ...['infinity', '-infinity', 'now', 'epoch', 'today', 'NaN', 'Invalid Date', '1e9', '0'].map((word) => ({
    why: 'names a word for a time, as some databases take it',
    text: encodeCursor(`${word}|some-id`),
  })),
  { why: 'names an hour that does not exist', text: encodeCursor('2030-01-01T24:00:00.000000Z|some-id') },
  { why: 'names a time with a NUL', text: encodeCursor('2030-01-01T00:00:00.000000Z\0|some-id') },
  {
    why: 'names an id with a NUL',
    text: encodeCursor('2030-01-01T00:00:00.000000Z|a\0b'),
    mayBeAnswered: true,
  },
  {
    why: 'names an id of 70,000 bytes',
    text: encodeCursor(`2030-01-01T00:00:00.000000Z|${'x'.repeat(70_000)}`),
    mayBeAnswered: true,
  },
  { why: 'lost the first characters of its time', text: { at: 0, remove: 4, insert: '' } },
  { why: 'was cut inside its time', text: { at: 20, remove: END, insert: '' } },
];

export function badCursorsOf(list: ListKind): readonly BadCursor[] {
  return list.by === 'id' ? ANYWHERE : [...ANYWHERE, ...BY_TIME];
}

/** The argument of a call. A damaged cursor is made from that of the page saved as `page`. */
export function cursorArgument({ text }: BadCursor, page: string): Argument {
  return typeof text === 'string' ? text : { $saved: page, path: 'nextCursor', splice: text };
}
