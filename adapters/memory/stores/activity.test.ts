import { describe, expect, test } from 'vitest';
import { compareTimestamps } from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import { codeFrom, openMemory } from '../testing/open.ts';

describe('users and activity', () => {
  test('a user is created or replaced', async () => {
    const { users, clock } = openMemory();
    await users.put({ walletAddress: 'w', email: 'a@b' });
    clock.advance(1);
    expect(await users.put({ walletAddress: 'w', displayName: 'W' })).toEqual({
      walletAddress: 'w',
      displayName: 'W',
      createdAt: '2026-01-31T08:15:00.000000Z',
      updatedAt: '2026-01-31T08:15:00.001000Z',
    });
    expect(await users.get('nobody')).toBeUndefined();
    expect((await users.scan({ limit: 10 })).items).toHaveLength(1);
  });

  test('an event is never overwritten', async () => {
    const { activity } = openMemory();
    const first = await activity.append({ id: 'e', type: 't', description: 'first', details: null });
    for (const description of ['first', 'second'])
      expect(await codeFrom(() => activity.append({ id: 'e', type: 't', description }))).toBe(
        'ALREADY_EXISTS',
      );
    expect((await activity.scan({ limit: 5 })).items).toEqual([first]);
  });

  test('lists by stream and type hold exactly their events', async () => {
    const { activity } = openMemory();
    for (const [id, streamId, type] of [
      ['1', 'a', 'x'],
      ['2', 'a', 'y'],
      ['3', 'b', 'x'],
      ['4', undefined, 'x'],
    ] as const)
      await activity.append({ id, type, description: '', ...defined({ streamId }) });
    const ids = async (filter: object): Promise<string[]> =>
      (await activity.list({ limit: 10, ...filter })).items.map(({ id }) => id);
    expect(await ids({})).toEqual(['4', '3', '2', '1']);
    expect(await ids({ streamId: 'a' })).toEqual(['2', '1']);
    expect(await ids({ type: 'x' })).toEqual(['4', '3', '1']);
    expect(await ids({ streamId: 'a', type: 'x' })).toEqual(['1']);
    expect(await ids({ streamId: 'c' })).toEqual([]);
  });

  test('stamps rise, also when the clock stands still or goes back', async () => {
    const { activity, clock } = openMemory();
    const stamps: string[] = [];
    for (const step of [0, 0, 7, -3_600_000, 0, 3_600_000]) {
      clock.advance(step);
      const id = String(stamps.length);
      stamps.push((await activity.append({ id, type: 't', description: '' })).timestamp);
    }
    expect(stamps).toEqual([...new Set(stamps)].sort(compareTimestamps));
  });
});
