import { describe, expect, test } from 'vitest';
import { codeFrom, openMemory } from '../testing/open.ts';

const FINGERPRINT = 'a'.repeat(64);

describe('idempotency', () => {
  const record = {
    token: 'settle:k',
    fingerprint: FINGERPRINT,
    status: 200,
    body: '{"b":1e2,"a": -0}\u{1f600}',
  };

  test('a record comes back byte for byte, without its lifetime', async () => {
    const { idempotency } = openMemory();
    const stored = await idempotency.insert({ ...record, ttlMs: 1500 });
    expect(stored).toEqual({
      ...record,
      createdAt: '2026-01-31T08:15:00.000000Z',
      expiresAt: '2026-01-31T08:15:01.500000Z',
    });
    expect(await idempotency.get(record.token)).toEqual(stored);
    expect(await idempotency.get('withdraw:k')).toBeUndefined();
    expect(await codeFrom(() => idempotency.get('k'))).toBe('INVALID_TOKEN');
  });

  test('a live token is never overwritten', async () => {
    const { idempotency } = openMemory();
    const stored = await idempotency.insert(record);
    expect(stored).not.toHaveProperty('expiresAt');
    const other = { ...record, body: 'other', status: 500 };
    expect(await codeFrom(() => idempotency.insert(other))).toBe('ALREADY_EXISTS');
    expect(await idempotency.putIfAbsent(other)).toEqual({ stored: false, existing: stored });
    expect(await idempotency.get(record.token)).toEqual(stored);
  });

  test('an expired token is absent, and is taken over', async () => {
    const { idempotency, clock } = openMemory();
    await idempotency.insert({ ...record, ttlMs: 1000 });
    clock.advance(999);
    expect(await idempotency.get(record.token)).toBeDefined();
    clock.advance(1);
    expect(await idempotency.get(record.token)).toBeUndefined();
    expect((await idempotency.scan({ limit: 5 })).items).toHaveLength(1);
    const taken = await idempotency.putIfAbsent({ ...record, body: 'new', ttlMs: 1000 });
    expect(taken).toMatchObject({ stored: true, record: { body: 'new' } });
    expect(await codeFrom(() => idempotency.insert(record))).toBe('ALREADY_EXISTS');
  });

  test('expiry is one clock for all instances', async () => {
    const ahead = openMemory();
    const behind = openMemory(ahead.namespace);
    await behind.idempotency.insert({ ...record, ttlMs: 1000 });
    ahead.clock.advance(2000);
    expect(await ahead.idempotency.get(record.token)).toBeUndefined();
    expect(await behind.idempotency.get(record.token)).toBeUndefined();
  });

  test('the sweeper deletes the oldest expired ones, and no live one', async () => {
    const { idempotency, clock } = openMemory();
    for (const [key, ttlMs] of [
      ['a', 300],
      ['b', 100],
      ['c', 200],
      ['d', 5000],
    ] as const)
      await idempotency.insert({ ...record, token: `settle:${key}`, ttlMs });
    await idempotency.insert({ ...record, token: 'settle:forever' });
    clock.advance(1000);
    await idempotency.insert({ ...record, token: 'settle:b', ttlMs: 1000 });
    expect(await idempotency.deleteExpired(1)).toBe(1);
    expect(await codeFrom(() => idempotency.insert({ ...record, token: 'settle:d' }))).toBe('ALREADY_EXISTS');
    expect(await idempotency.deleteExpired(10)).toBe(1);
    expect(await idempotency.deleteExpired(10)).toBe(0);
    const left = (await idempotency.scan({ limit: 10 })).items.map(({ token }) => token);
    expect(left).toEqual(['settle:b', 'settle:d', 'settle:forever']);
    expect([await idempotency.delete('settle:d'), await idempotency.delete('settle:d')]).toEqual([
      true,
      false,
    ]);
  });
});
