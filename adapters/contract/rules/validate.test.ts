import { describe, expect, test } from 'vitest';
import {
  expiryAfter,
  isId,
  isStorable,
  MAX_ID_BYTES,
  MAX_PAGE_LIMIT,
  validateActivityEvent,
  validateExportAuditRecord,
  validateExportJob,
  validateExportPatch,
  validateId,
  validateIdempotencyRecord,
  validatePage,
  validateStatus,
  validateStream,
  validateSweepLimit,
  validateTimeout,
  validateUser,
  type NewStream,
} from '../index.ts';
import { codeFrom } from '../testing/codeFrom.ts';

const stream: NewStream = {
  id: 's1',
  recipient: 'r',
  rate: '1',
  schedule: 'monthly',
  status: 'draft',
  token: 'XLM',
  totalAmount: '100',
  releasedAmount: '0',
  withdrawnAmount: '0',
  revision: 0,
};
const event = { id: 'e1', type: 'stream.settled', description: '' };
const record = { token: 'settle:k', fingerprint: 'a'.repeat(64), status: 200, body: '{}' };
const job = { id: 'x1', ownerId: 'o', fileName: 'f.csv' };
const audit = { id: 'a1', exportId: 'x1', type: 'export.requested' as const };

/** An object that refers to itself. */
function circular(): unknown {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

describe('streams', () => {
  test.each([
    ['the smallest', {}],
    ['an amount of 38 digits', { totalAmount: '9'.repeat(38) }],
    ['an amount beyond 2^53', { totalAmount: '9007199254740993' }],
    ['null in a JSON field', { withdrawal: null }],
    ['further fields', { memo: { a: [1, 'x', null, true, { b: -0.5 }] } }],
    ['an empty text', { recipient: '' }],
    ['a text of 64 KiB', { recipient: 'é'.repeat(32_768) }],
    ['astral and unnormalized text', { recipient: '😀e\u0301' }],
    ['a stamped time', { createdAt: '2026-01-31T08:15:00.123456Z' }],
    ['a named field that is undefined', { nextAction: undefined }],
    ['64 levels of nesting', { memo: nested(63) }],
    ['a further field named __proto__', JSON.parse('{"__proto__":{"a":1}}')],
  ])('takes %s', (_name, fields: object) => {
    expect(codeFrom(() => validateStream({ ...stream, ...fields }))).toBeUndefined();
  });

  test.each([
    ['a number as amount', { totalAmount: 100 }],
    ['NaN', { totalAmount: 'NaN' }],
    ['Infinity', { totalAmount: 'Infinity' }],
    ['a fraction', { releasedAmount: '1.5' }],
    ['an exponent', { releasedAmount: '1e3' }],
    ['a sign', { releasedAmount: '-1' }],
    ['a plus', { releasedAmount: '+1' }],
    ['a leading zero', { releasedAmount: '01' }],
    ['an empty amount', { rate: '' }],
    ['digits of another script', { rate: '١' }],
    ['a line break after the amount', { rate: '1\n' }],
    ['39 digits', { totalAmount: '1'.repeat(39) }],
    ['an unknown status', { status: 'done' }],
    ['a negative revision', { revision: -1 }],
    ['a fractional revision', { revision: 0.5 }],
    ['a revision beyond 2^53', { revision: 2 ** 53 }],
    ['an empty id', { id: '' }],
    ['an id of 1025 bytes', { id: 'é'.repeat(512) + 'x' }],
    ['NUL in an id', { id: 'a\0' }],
    ['NUL in a text', { recipient: 'a\0b' }],
    ['a lone surrogate', { recipient: '\ud800' }],
    ['a lone surrogate in a further field', { memo: ['\udc00'] }],
    ['NUL in the name of a further field', { 'a\0': 1 }],
    ['a lone surrogate in the name of a nested field', { memo: { '\ud800': 1 } }],
    ['NaN in a further field', { memo: { a: NaN } }],
    ['Infinity in a further field', { memo: [Infinity] }],
    ['undefined in a further field', { memo: { a: undefined } }],
    ['a hole in an array', { memo: [1, , 2] }], // eslint-disable-line no-sparse-arrays
    ['a Date', { memo: new Date(0) }],
    ['a bigint', { memo: 1n }],
    ['a function', { memo: () => 1 }],
    ['a Map', { memo: new Map() }],
    ['a cycle', { memo: circular() }],
    ['65 levels of nesting', { memo: nested(65) }],
    ['NaN in a further field named __proto__', JSON.parse('{"__proto__":[]}')],
    ['a time that does not exist', { createdAt: '2026-02-30T00:00:00.000Z' }],
    ['a time without fraction', { updatedAt: '2026-01-31T08:15:00Z' }],
    ['null as time', { createdAt: null }],
    ['null as optional text', { nextAction: null }],
    ['NaN in a further field named constructor', { constructor: NaN }],
    ['no token', { token: undefined }],
  ])('refuses %s', (name, fields: object) => {
    const candidate = { ...stream, ...fields };
    if (name.endsWith('named __proto__'))
      Object.defineProperty(candidate, '__proto__', { value: [NaN], enumerable: true });
    expect(codeFrom(() => validateStream(candidate as NewStream))).toBe('INVALID_RECORD');
  });

  test.each([[undefined], [null], ['text'], [[]], [7]])('refuses %j as record', (candidate) => {
    expect(codeFrom(() => validateStream(candidate as never))).toBe('INVALID_RECORD');
    expect(codeFrom(() => validateActivityEvent(candidate as never))).toBe('INVALID_RECORD');
    expect(codeFrom(() => validateIdempotencyRecord(candidate as never))).toBe('INVALID_TOKEN');
    expect(codeFrom(() => validatePage(candidate as never))).toBe('INVALID_RECORD');
  });
});

describe('other records', () => {
  test('users, events, jobs and audit records are strict', () => {
    expect(codeFrom(() => validateUser({ walletAddress: 'w' }))).toBeUndefined();
    expect(codeFrom(() => validateUser({ walletAddress: 'w', admin: true } as never))).toBe('INVALID_RECORD');
    expect(codeFrom(() => validateActivityEvent({ ...event, details: { a: 1 } }))).toBeUndefined();
    expect(codeFrom(() => validateActivityEvent({ ...event, streamId: '' }))).toBe('INVALID_RECORD');
    expect(codeFrom(() => validateActivityEvent({ ...event, details: NaN }))).toBe('INVALID_RECORD');
    expect(codeFrom(() => validateExportJob(job))).toBeUndefined();
    expect(codeFrom(() => validateExportJob({ ...job, status: 'ready' } as never))).toBe('INVALID_RECORD');
    expect(codeFrom(() => validateExportPatch({ rows: 1 }))).toBeUndefined();
    expect(codeFrom(() => validateExportPatch({ id: 'x2' } as never))).toBe('INVALID_RECORD');
    expect(codeFrom(() => validateExportPatch({ rows: -1 }))).toBe('INVALID_RECORD');
    expect(codeFrom(() => validateExportAuditRecord(audit))).toBeUndefined();
    expect(codeFrom(() => validateExportAuditRecord({ ...audit, type: 'x' as never }))).toBe(
      'INVALID_RECORD',
    );
  });

  test('a lifetime is given once', () => {
    const expiresAt = '2026-01-31T08:15:00.123Z';
    expect(codeFrom(() => validateIdempotencyRecord({ ...record, ttlMs: 1 }))).toBeUndefined();
    expect(codeFrom(() => validateIdempotencyRecord({ ...record, expiresAt }))).toBeUndefined();
    expect(codeFrom(() => validateIdempotencyRecord({ ...record, expiresAt, ttlMs: 1 }))).toBe(
      'INVALID_RECORD',
    );
    expect(codeFrom(() => validateExportJob({ ...job, expiresAt, ttlMs: 1 }))).toBe('INVALID_RECORD');
    expect(codeFrom(() => validateIdempotencyRecord({ ...record, ttlMs: 0 }))).toBe('INVALID_RECORD');
  });

  test('a body that cannot be stored is refused, and the token is looked at first', () => {
    expect(codeFrom(() => validateIdempotencyRecord({ ...record, body: 'a\0' }))).toBe('INVALID_RECORD');
    expect(codeFrom(() => validateIdempotencyRecord({ ...record, body: '\ud800' }))).toBe('INVALID_RECORD');
    expect(codeFrom(() => validateIdempotencyRecord({ ...record, status: 99 }))).toBe('INVALID_RECORD');
    expect(codeFrom(() => validateIdempotencyRecord({ ...record, fingerprint: 'x' }))).toBe('INVALID_RECORD');
    expect(codeFrom(() => validateIdempotencyRecord({ ...record, token: 'x', status: 99 }))).toBe(
      'INVALID_TOKEN',
    );
  });

  test('a lifetime that ends after the year 9999 is refused', () => {
    expect(expiryAfter('2026-01-31T08:15:00.123456Z', 1000)).toBe('2026-01-31T08:15:01.123456Z');
    expect(codeFrom(() => expiryAfter('9999-12-31T00:00:00.000Z', 86_400_000))).toBe('INVALID_RECORD');
  });
});

describe('arguments', () => {
  test.each([1, 500, MAX_PAGE_LIMIT])('a page of %d', (limit) => {
    expect(codeFrom(() => validatePage({ limit }))).toBeUndefined();
  });

  test.each([0, -1, 1.5, NaN, Infinity, MAX_PAGE_LIMIT + 1, '5' as never, undefined as never])(
    'no page of %s',
    (limit) => {
      expect(codeFrom(() => validatePage({ limit }))).toBe('INVALID_RECORD');
    },
  );

  test('ids have 1 to 1024 bytes', () => {
    expect(codeFrom(() => validateId('x'.repeat(MAX_ID_BYTES)))).toBeUndefined();
    for (const id of ['', 'x'.repeat(MAX_ID_BYTES + 1), 'a\0', '\ud800', null, undefined, 7])
      expect(codeFrom(() => validateId(id as string))).toBe('INVALID_RECORD');
    for (const id of [' ', 'null', 'undefined', '__proto__', '../x', "'; DROP TABLE streams; --"])
      expect(codeFrom(() => validateId(id))).toBeUndefined();
  });

  test('sweeps, waits and statuses', () => {
    expect(codeFrom(() => validateSweepLimit(1))).toBeUndefined();
    for (const limit of [0, -1, 0.5, NaN])
      expect(codeFrom(() => validateSweepLimit(limit))).toBe('INVALID_RECORD');
    for (const ms of [0, 0.5, 1e12]) expect(codeFrom(() => validateTimeout(ms))).toBeUndefined();
    for (const ms of [-1, NaN, Infinity, '5' as never])
      expect(codeFrom(() => validateTimeout(ms))).toBe('INVALID_RECORD');
    expect(codeFrom(() => validateStatus('ended'))).toBeUndefined();
    expect(codeFrom(() => validateStatus('Ended' as never))).toBe('INVALID_RECORD');
  });

  test('what is storable, and what may be an id', () => {
    expect([isStorable(''), isStorable('a\0'), isStorable('\udc00')]).toEqual([true, false, false]);
    expect([isId(''), isId('x'), isId('\u{1f600}'.repeat(256)), isId('\u{1f600}'.repeat(257))]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});
