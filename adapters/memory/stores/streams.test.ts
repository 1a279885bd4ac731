import { describe, expect, test } from 'vitest';
import type { Json, StreamStatus } from '../../contract/index.ts';
import { codeFrom, newStream, openMemory } from '../testing/open.ts';

describe('streams', () => {
  test('come back as they were given, stamped, as copies', async () => {
    const { streams } = openMemory();
    const memo: { list: Json[] } = { list: [1, null, { deep: true }] };
    const created = await streams.create(
      newStream('s1', { memo, withdrawal: null, totalAmount: '9007199254740993' }),
    );
    expect(created).toEqual({
      ...newStream('s1', { memo, withdrawal: null, totalAmount: '9007199254740993' }),
      createdAt: '2026-01-31T08:15:00.000000Z',
      updatedAt: '2026-01-31T08:15:00.000000Z',
    });
    memo.list.push('changed by the caller');
    (created as Record<string, unknown>)['status'] = 'ended';
    const read = await streams.get('s1');
    expect(read?.['memo']).toEqual({ list: [1, null, { deep: true }] });
    expect(read?.status).toBe('active');
    (read?.['memo'] as { list: unknown[] } | undefined)?.list.pop();
    expect((await streams.get('s1'))?.['memo']).toEqual({ list: [1, null, { deep: true }] });
    expect(read).not.toHaveProperty('nextAction');
  });

  test('fields with awkward names come back', async () => {
    const { streams } = openMemory();
    const further: object = JSON.parse('{"__proto__":{"a":1},"constructor":null,"toString":"x"}');
    const given = Object.defineProperties(newStream('s1'), Object.getOwnPropertyDescriptors(further));
    await streams.create(given);
    const read = await streams.get('s1');
    expect(JSON.parse(JSON.stringify(read))).toMatchObject({ constructor: null, toString: 'x' });
    expect(Object.getOwnPropertyDescriptor(read, '__proto__')?.value).toEqual({ a: 1 });
  });

  test('a field that is undefined is absent', async () => {
    const { streams } = openMemory();
    const given = { ...newStream('s1'), nextAction: undefined } as never;
    expect(Object.hasOwn(await streams.create(given), 'nextAction')).toBe(false);
    expect(Object.hasOwn((await streams.get('s1')) ?? {}, 'nextAction')).toBe(false);
  });

  test('a second create changes nothing', async () => {
    const { streams } = openMemory();
    await streams.create(newStream('s1'));
    expect(await codeFrom(() => streams.create(newStream('s1', { recipient: 'other' })))).toBe(
      'ALREADY_EXISTS',
    );
    expect((await streams.get('s1'))?.recipient).toBe('r');
  });

  test('put replaces, keeps the creation time, stamps the update, and needs the record', async () => {
    const { streams, clock } = openMemory();
    await streams.create(newStream('s1', { memo: 'x' }));
    clock.advance(5);
    const replaced = await streams.put(newStream('s1', { revision: 1 }));
    expect(replaced).toEqual({
      ...newStream('s1', { revision: 1 }),
      createdAt: '2026-01-31T08:15:00.000000Z',
      updatedAt: '2026-01-31T08:15:00.005000Z',
    });
    const times = { createdAt: '2020-01-01T00:00:00.123Z', updatedAt: '2020-01-01T00:00:00.1234Z' };
    expect(await streams.put(newStream('s1', times))).toMatchObject(times);
    expect(await codeFrom(() => streams.put(newStream('s2')))).toBe('NOT_FOUND');
    expect(await codeFrom(() => streams.put(newStream('s1', { rate: '-1' })))).toBe('INVALID_RECORD');
    expect(await streams.get('s2')).toBeUndefined();
  });

  test('delete says whether there was one', async () => {
    const { streams } = openMemory();
    await streams.create(newStream('s1'));
    expect([await streams.delete('s1'), await streams.delete('s1')]).toEqual([true, false]);
    expect((await streams.scan({ limit: 5 })).items).toEqual([]);
  });

  test('a list by status follows updates', async () => {
    const { streams } = openMemory();
    const ids = async (status: StreamStatus): Promise<string[]> =>
      (await streams.list({ status, limit: 10 })).items.map(({ id }) => id);
    await streams.create(newStream('a'));
    await streams.create(newStream('b'));
    await streams.put(newStream('a', { status: 'ended' }));
    expect([await ids('active'), await ids('ended'), await ids('draft')]).toEqual([['b'], ['a'], []]);
    await streams.delete('a');
    expect(await ids('ended')).toEqual([]);
    expect(await codeFrom(() => ids('done' as never))).toBe('INVALID_RECORD');
  });
});
