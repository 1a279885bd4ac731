import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compareIds,
  decodeCursor,
  decodeListCursor,
  decodeScanCursor,
  encodeCursor,
  encodeListCursor,
  encodeScanCursor,
  fromMicros,
  isId,
} from '../index.ts';
import { codeFrom } from '../testing/codeFrom.ts';

const ids = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).filter((id) => isId(id));
const awkwardIds = fc.oneof(
  ids,
  fc.constantFrom(
    '|',
    '||x',
    'a|b',
    ':',
    '=',
    '/',
    '+',
    '\u00e9',
    'e\u0301',
    '😀',
    '\ufeffbom',
    '\u{10ffff}',
  ),
  fc.constant('2026-01-31T08:15:00.123456Z|x'),
  fc.constant('|2026-01-31T08:15:00.123456Z|x'),
);
const timestamps = fc.bigInt({ min: 0n, max: 4_102_444_800_000_000n }).map(fromMicros);

describe('cursors of ids', () => {
  test('round-trip every id as its base64', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (id) => {
        expect(encodeCursor(id)).toBe(Buffer.from(id, 'utf8').toString('base64'));
        expect(decodeCursor(encodeCursor(id))).toBe(id);
      }),
    );
  });

  test('accept nothing but what encodeCursor returns', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.string({ unit: 'binary' })), (text) => {
        const code = codeFrom(() => decodeCursor(text));
        if (code === undefined) expect(encodeCursor(decodeCursor(text))).toBe(text);
        else expect(code).toBe('INVALID_CURSOR');
      }),
    );
  });

  test.each([
    ['bad padding', 'YQ='],
    ['no padding', 'YQ'],
    ['white space', 'YQ==\n'],
    ['url-safe letters', Buffer.from('>>>?').toString('base64url')],
    ['unused bits', 'YR=='],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe]).toString('base64')],
    ['an encoded surrogate', Buffer.from([0xed, 0xa0, 0x80]).toString('base64')],
    ['no text', undefined as never],
    ['null', null as never],
  ])('refuse %s', (_name, cursor) => {
    expect(codeFrom(() => decodeCursor(cursor))).toBe('INVALID_CURSOR');
  });

  test('refuse an id with a lone surrogate rather than replace it', () => {
    expect(codeFrom(() => encodeCursor('a\ud800'))).toBe('INVALID_CURSOR');
    expect(codeFrom(() => encodeCursor('\udc00\ud800'))).toBe('INVALID_CURSOR');
  });
});

describe('cursors of lists and scans', () => {
  test('keep every digit of the time and every character of the id', () => {
    fc.assert(
      fc.property(timestamps, awkwardIds, (timestamp, id) => {
        expect(decodeListCursor(encodeListCursor({ timestamp, id }))).toEqual({ timestamp, id });
        expect(encodeListCursor({ timestamp, id })).toBe(encodeCursor(`${timestamp}|${id}`));
      }),
    );
  });

  test('a time with three digits keeps three', () => {
    const position = { timestamp: '2026-01-31T08:15:00.120Z', id: 'x' };
    expect(decodeListCursor(encodeListCursor(position))).toEqual(position);
  });

  test('scans round-trip every id, plainly unless it reads like a list position', () => {
    fc.assert(
      fc.property(awkwardIds, (id) => {
        expect(decodeScanCursor(encodeScanCursor(id))).toBe(id);
      }),
    );
    expect(encodeScanCursor('stream-7')).toBe(encodeCursor('stream-7'));
  });

  test('a list refuses the cursor of a scan, and a scan that of a list', () => {
    fc.assert(
      fc.property(timestamps, awkwardIds, (timestamp, id) => {
        expect(codeFrom(() => decodeListCursor(encodeScanCursor(id)))).toBe('INVALID_CURSOR');
        expect(codeFrom(() => decodeScanCursor(encodeListCursor({ timestamp, id })))).toBe('INVALID_CURSOR');
      }),
    );
  });

  test.each([
    ['no bar', 'abc'],
    ['no time', '|abc'],
    ['no id', '2026-01-31T08:15:00.123Z|'],
    ['NUL in the id', '2026-01-31T08:15:00.123Z|a\0'],
    ['a day that does not exist', '2026-02-30T08:15:00.123Z|a'],
    ['too few digits', '2026-01-31T08:15:00Z|a'],
    ['too many digits', '2026-01-31T08:15:00.1234567Z|a'],
    ['an id that is too long', `2026-01-31T08:15:00.123Z|${'x'.repeat(1025)}`],
  ])('a list refuses %s', (_name, text) => {
    expect(codeFrom(() => decodeListCursor(encodeCursor(text)))).toBe('INVALID_CURSOR');
  });

  test('neither takes an empty cursor for the first page', () => {
    expect(codeFrom(() => decodeListCursor(''))).toBe('INVALID_CURSOR');
    expect(codeFrom(() => decodeScanCursor(''))).toBe('INVALID_CURSOR');
  });
});

describe('the order of ids', () => {
  test('is that of their UTF-8 bytes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 6 }),
        fc.string({ unit: 'binary', maxLength: 6 }),
        (a, b) => {
          expect(Math.sign(compareIds(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('puts astral characters above the private use area, unlike JavaScript', () => {
    const [astral, halfwidth] = ['\u{1f600}', '\uffee'].sort();
    expect(astral).toBe('\u{1f600}');
    expect(compareIds(astral ?? '', halfwidth ?? '')).toBeGreaterThan(0);
    expect(compareIds('a', 'a')).toBe(0);
    expect(compareIds('a', 'ab')).toBeLessThan(0);
  });
});
