/** Idempotency tokens and request fingerprints. */
import { hash } from 'node:crypto';
import { StorageError } from '../errors.ts';
import { sortKeys } from './keyOrder.ts';

const KEY = /^[\x21-\x7e]{1,255}$/;
/** A scope has no colon, so the first colon of a token is the separator and tokens never collide. */
const SCOPE = /^[\x21-\x39\x3b-\x7e]{1,255}$/;

/**
 * Returns the token `scope:key`. A key is 1 to 255 printable ASCII characters without spaces. So is a scope, and it has no
 * colon.
 *
 * @throws {@link StorageError} with `INVALID_TOKEN`.
 *
 * @example
 * ```ts
 * idempotencyToken('settle', request.headers['idempotency-key']); // 'settle:3f6c…'
 * ```
 */
export function idempotencyToken(scope: string, key: string): string {
  if (typeof scope !== 'string' || !SCOPE.test(scope))
    throw invalid('a scope of 1 to 255 printable ASCII characters without space or colon', scope);
  if (typeof key !== 'string' || !KEY.test(key))
    throw invalid('a key of 1 to 255 printable ASCII characters without space', key);
  return `${scope}:${key}`;
}

/**
 * Checks that {@link idempotencyToken} could have returned `token`, and returns it.
 *
 * @throws {@link StorageError} with `INVALID_TOKEN`.
 */
export function parseToken(token: string): string {
  const colon = typeof token === 'string' ? token.indexOf(':') : -1;
  if (colon < 0) throw invalid('"scope:key"', token);
  return idempotencyToken(token.slice(0, colon), token.slice(colon + 1));
}

/**
 * Returns SHA-256 in hex of the method, the path and the body with its object keys sorted. Whitespace and key order of the
 * body do not count.
 */
export function requestFingerprint(method: string, path: string, body: unknown): string {
  return hash('sha256', JSON.stringify([method.toUpperCase(), path, sortKeys(body)]));
}

function invalid(expected: string, came: unknown): StorageError {
  return new StorageError(
    'INVALID_TOKEN',
    `Expected ${expected}, got ${JSON.stringify(came)?.slice(0, 80)}. Build tokens with idempotencyToken(scope, key).`,
  );
}
