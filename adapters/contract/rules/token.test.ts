import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idempotencyToken, parseToken, requestFingerprint } from '../index.ts';
import { codeFrom } from '../testing/codeFrom.ts';

const printable = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
const keys = fc.string({ unit: printable, minLength: 1, maxLength: 255 });
const scopes = keys.filter((scope) => !scope.includes(':'));

describe('tokens', () => {
  test('are scope, colon and key, and can be taken apart', () => {
    fc.assert(
      fc.property(scopes, keys, (scope, key) => {
        const token = idempotencyToken(scope, key);
        expect(token).toBe(`${scope}:${key}`);
        expect(parseToken(token)).toBe(token);
        expect([token.slice(0, token.indexOf(':')), token.slice(token.indexOf(':') + 1)]).toEqual([
          scope,
          key,
        ]);
      }),
    );
  });

  test.each([
    ['a scope with a colon', 'a:b', 'k'],
    ['an empty scope', '', 'k'],
    ['an empty key', 's', ''],
    ['a space', 's', 'a b'],
    ['a control character', 's', 'a\n'],
    ['a character beyond ASCII', 's', 'é'],
    ['a scope of 256 characters', 'x'.repeat(256), 'k'],
    ['a key of 256 characters', 's', 'x'.repeat(256)],
    ['a number', 's', 7 as never],
    ['nothing', undefined as never, 'k'],
  ])('refuse %s', (_name, scope, key) => {
    expect(codeFrom(() => idempotencyToken(scope, key))).toBe('INVALID_TOKEN');
  });

  test('a key may hold colons and be 255 characters long', () => {
    expect(idempotencyToken('s', 'a:b:c')).toBe('s:a:b:c');
    expect(parseToken(`s:${'x'.repeat(255)}`)).toHaveLength(257);
  });

  test.each([['no colon'], [''], [':k'], ['s:'], [undefined as never], [null as never], [{} as never]])(
    'parseToken refuses %j',
    (token) => {
      expect(codeFrom(() => parseToken(token))).toBe('INVALID_TOKEN');
    },
  );
});

describe('fingerprints', () => {
  test('do not depend on key order at any depth, nor on the case of the method', () => {
    const a = requestFingerprint('post', '/x', { a: 1, b: [{ c: 1, d: 2 }] });
    const b = requestFingerprint('POST', '/x', { b: [{ d: 2, c: 1 }], a: 1 });
    expect(a).toBe(b);
    expect(a).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ['method', 'PUT', '/x', { a: 1 }],
    ['path', 'POST', '/y', { a: 1 }],
    ['value', 'POST', '/x', { a: 2 }],
    ['type of a value', 'POST', '/x', { a: '1' }],
    ['further key', 'POST', '/x', { a: 1, b: null }],
    ['order of an array', 'POST', '/x', [2, 1]],
    ['absent body', 'POST', '/x', undefined],
  ])('depend on the %s', (_name, method, path, body) => {
    expect(requestFingerprint(method, path, body)).not.toBe(requestFingerprint('POST', '/x', { a: 1 }));
    expect(requestFingerprint(method, path, body)).not.toBe(requestFingerprint('POST', '/x', [1, 2]));
  });

  test('a key named __proto__ counts', () => {
    const body: unknown = JSON.parse('{"__proto__":1}');
    expect(requestFingerprint('POST', '/x', body)).not.toBe(requestFingerprint('POST', '/x', {}));
  });

  test('keys that look like numbers are sorted like all others', () => {
    expect(requestFingerprint('POST', '/x', { 10: 1, 9: 2 })).toBe(
      requestFingerprint('POST', '/x', JSON.parse('{"9":2,"10":1}')),
    );
  });
});
