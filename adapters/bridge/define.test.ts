import { describe, expect, it } from 'vitest';
import { CLAUSES, parseTarget, type StreamRecord } from '../contract/index.ts';
import { newStream } from '../memory/testing/open.ts';
import { bridgeTarget } from './index.ts';
import { providedClauses } from './provided.ts';
import { mapStore, OPEN } from './testing/mapStore.ts';

describe('a bridged target', () => {
  it('gives the instances of a namespace one store, until it is destroyed', async () => {
    let readied = 0;
    let opened = 0;
    const target = bridgeTarget({
      name: 'maps',
      open: () => {
        opened += 1;
        return {
          ...mapStore(),
          ready: async () => {
            readied += 1;
          },
        };
      },
    });
    const [one, two] = await Promise.all([
      target.open({ ...OPEN, namespace: 'a' }),
      target.open({ ...OPEN, namespace: 'a' }),
    ]);
    const other = await target.open({ ...OPEN, namespace: 'b' });
    await one.streamRepository?.streams?.create(newStream('s1'));
    expect(await two.streamRepository?.streams?.get('s1')).toMatchObject({ id: 's1' });
    expect(await other.streamRepository?.streams?.get('s1')).toBeUndefined();
    expect([opened, readied]).toEqual([2, 2]);
    await target.destroy?.({ connection: null, namespace: 'a' });
    const anew = await target.open({ ...OPEN, namespace: 'a' });
    expect(await anew.streamRepository?.streams?.get('s1')).toBeUndefined();
  });

  it('opens a store an instance when they share by other means, and again after a failure', async () => {
    let opened = 0;
    const shared = bridgeTarget({
      name: 'shared',
      open: () => {
        opened += 1;
        return mapStore();
      },
      capabilities: { crossInstance: true },
    });
    await shared.open({ ...OPEN, namespace: 'a' });
    await shared.open({ ...OPEN, namespace: 'a' });
    expect(opened).toBe(2);
    let tries = 0;
    const late = bridgeTarget({
      name: 'late',
      open: () => {
        tries += 1;
        if (tries === 1) throw new Error('not yet');
        return mapStore();
      },
    });
    await expect(late.open({ ...OPEN, namespace: 'a' })).rejects.toThrow('not yet');
    expect(await late.open({ ...OPEN, namespace: 'a' })).toBeDefined();
  });

  it('declares nothing by itself, and what the bridge provides', () => {
    const parsed = parseTarget(bridgeTarget({ name: 'maps', open: mapStore }));
    if ('problems' in parsed) throw new Error(parsed.problems.join());
    const { atomic, crossInstance, durable, ttl } = parsed.target.capabilities;
    expect([atomic, crossInstance, durable, ttl]).toEqual([false, false, false, false]);
    expect(parsed.target.provided).toMatchObject({
      'CUR-08': expect.any(String),
      'IDEM-01': expect.any(String),
    });
  });

  it('gives the author’s own settlement his own store', async () => {
    const store = { ...mapStore(), mine: 'extra' };
    const target = bridgeTarget({
      name: 'own',
      open: () => store,
      protocol: {
        settle: ({ mine, streams }: typeof store, { streamId }) => ({
          status: 200,
          body: `${mine} ${(streams.get(streamId) as StreamRecord).status}`,
          replayed: false,
          effect: true,
        }),
      },
    });
    const adapter = await target.open({ ...OPEN, namespace: 'a' });
    await adapter.streamRepository?.streams?.create(newStream('s1'));
    const request = { operation: 'settle', streamId: 's1', fingerprint: '' } as const;
    expect(await target.protocol?.settle?.(adapter, request)).toMatchObject({ body: 'extra active' });
    expect(target.protocol?.withdraw).toBeUndefined();
    expect(target.provided).not.toHaveProperty('IDEM-01');
  });
});

describe('provided clauses', () => {
  const none = { cursors: false, protocol: false, crossInstance: false, atomic: false };

  it('are clauses of the contract', () => {
    const ids = CLAUSES.map(({ id }) => id);
    expect(Object.keys(providedClauses(none)).filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('are given back to an author who does it himself', () => {
    const missing = (own: Partial<typeof none>): string[] => {
      const left = providedClauses({ ...none, ...own });
      return Object.keys(providedClauses(none)).filter((id) => !(id in left));
    };
    expect(missing({ cursors: true })).toEqual(['CUR-08']);
    expect(missing({ protocol: true })).toEqual(['IDEM-01', 'IDEM-02', 'IDEM-14']);
  });

  it.each(['crossInstance', 'atomic'])('are given back where %s makes them a matter of the store', (name) => {
    const left = providedClauses({ ...none, [name]: true });
    expect(Object.keys(left)).toEqual(['LOCK-20', 'STREAM-06', 'ERR-03', 'CUR-08']);
  });
});
