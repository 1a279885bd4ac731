import { describe, expect, it } from 'vitest';
import {
  codeOf,
  type Authority,
  type LockedView,
  type Migration,
  type NewUser,
  type StorageAdapter,
  type UserRecord,
  type UserStore,
} from '../../adapters/contract/index.ts';
import type { Trouble } from './language/program.ts';
import { adapterOf } from './testing/local.ts';
import { beginTrouble, endTrouble, pastTrouble } from './trouble.ts';

/** A migration whose new side has users, in sections and for writers too. */
function migration(): { readonly adapter: StorageAdapter; readonly side: StorageAdapter } {
  const rows = new Map<string, UserRecord>();
  const usersOf = (): UserStore =>
    ({
      get: (id: string) => rows.get(id),
      put: async (user: NewUser) => {
        const row = { ...user, createdAt: TIME, updatedAt: TIME };
        rows.set(user.walletAddress, row);
        return row;
      },
    }) as unknown as UserStore;
  const made = (): StorageAdapter =>
    adapterOf(async (_, callback) => callback({ users: usersOf() } as LockedView), { users: usersOf() });
  const side = { ...made(), authority: { as: made } as unknown as Authority };
  return { adapter: { ...made(), migration: { old: made(), new: side } as unknown as Migration }, side };
}

const TIME = '2030-01-01T00:00:00.000Z';

async function codesOf(calls: readonly (() => unknown)[]): Promise<unknown[]> {
  const codes: unknown[] = [];
  for (const call of calls)
    codes.push(
      await (async () => call())().then(
        () => 'ok',
        (error: unknown) => codeOf(error),
      ),
    );
  return codes;
}

const user = (walletAddress: string): { readonly walletAddress: string } => ({ walletAddress });

describe('trouble with a side', () => {
  it.each<[Trouble, unknown[]]>([
    [{ how: 'refused', of: 'all' }, ['UNAVAILABLE', 'UNAVAILABLE', 'UNAVAILABLE']],
    [{ how: 'refused', of: 'writes' }, ['UNAVAILABLE', 'ok', 'UNAVAILABLE']],
    [{ how: 'refused', of: 'writes', times: 1 }, ['UNAVAILABLE', 'ok', 'ok']],
    [{ how: 'refused', of: 'all', after: 1, times: 1 }, ['ok', 'UNAVAILABLE', 'ok']],
    [{ how: 'refused', of: 'all', store: 'streams' }, ['ok', 'ok', 'ok']],
    [{ how: 'rejected', of: 'writes', naming: 'b' }, ['ok', 'ok', 'INVALID_RECORD']],
  ])('strikes the calls that it is for: %o', async (trouble, expected) => {
    const { adapter, side } = migration();
    const { users } = side.streamRepository!;
    beginTrouble(adapter, 'new', trouble);
    const calls = [() => users!.put(user('a')), () => users!.get('a'), () => users!.put(user('b'))];
    expect(await codesOf(calls)).toEqual(expected);
    expect(endTrouble(adapter, 'new')).toBe(expected.filter((code) => code !== 'ok').length);
    expect(await codesOf(calls)).toEqual(['ok', 'ok', 'ok']);
  });

  it('is met in sections, by views and by writers, and not by what a program itself does', async () => {
    const { adapter, side } = migration();
    beginTrouble(adapter, 'new', { how: 'refused', of: 'writes' });
    const writer = side.authority!.as({ epoch: 1, role: 'deciding' });
    const section = async (): Promise<unknown> =>
      side.streamRepository!.withLock!('s', async (view) => view.users!.put(user('a')));
    expect(
      await codesOf([
        section,
        () => writer.streamRepository!.users!.put(user('a')),
        () => pastTrouble(() => side.streamRepository!.users!.put(user('a'))),
      ]),
    ).toEqual(['UNAVAILABLE', 'UNAVAILABLE', 'ok']);
  });

  it('holds calls back until it ends', async () => {
    const { adapter, side } = migration();
    beginTrouble(adapter, 'new', { how: 'silent', of: 'all' });
    let isThere = false;
    const put = (async () => side.streamRepository!.users!.put(user('a')))().then(() => (isThere = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isThere).toBe(false);
    expect(endTrouble(adapter, 'new')).toBe(1);
    expect(await put).toBe(true);
  });
});
