/** Settlements at the same time, and requests that come again meanwhile. */
import { describe, expect, test } from 'vitest';
import { type LockedView, type StreamRepository } from '../contract/index.ts';
import { gate, newStream, openMemory } from '../memory/testing/open.ts';
import { executeRequest, type SectionHooks } from './index.ts';
import { lifecycle, release, openWithStream, altered } from './testing/requests.ts';

describe('races', () => {
  test('of fifty settles, over two instances, one takes effect and the others see it', async () => {
    const one = await openWithStream();
    const two = openMemory(one.namespace);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, number) =>
        executeRequest((number % 2 === 0 ? one : two).adapter, lifecycle('settle', 's1', `k${number}`)),
      ),
    );
    expect(answers.filter(({ effect }) => effect)).toHaveLength(1);
    expect(answers.every(({ status, revision }) => status === 200 && revision === 1)).toBe(true);
    expect((await one.activity.scan({ limit: 100 })).items).toHaveLength(1);
  });

  test('fifty duplicates execute once and get the same bytes', async () => {
    const opened = await openWithStream();
    const request = release('s1', '5', 'same');
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => executeRequest(opened.adapter, request)),
    );
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`)).size).toBe(1);
    expect(answers.every(({ effect }) => effect)).toBe(true);
    expect((await opened.streams.get('s1'))?.releasedAmount).toBe('5');
  });

  test('fifty different amounts under one key: one executes, the others conflict or replay', async () => {
    const opened = await openWithStream();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, number) =>
        executeRequest(opened.adapter, release('s1', String((number % 5) + 1), 'same')),
      ),
    );
    const winner = answers.find(({ effect, replayed }) => effect && !replayed);
    expect(answers.filter(({ effect, replayed }) => effect && !replayed)).toHaveLength(1);
    for (const answer of answers)
      if (answer.effect) expect(answer.body).toBe(winner?.body);
      else expect(answer.code).toBe('CONFLICT');
    expect(answers.filter(({ code }) => code === 'CONFLICT')).toHaveLength(40);
  });

  test('one key on two streams at once: the section that comes second rolls back and conflicts', async () => {
    const opened = await openWithStream();
    await opened.streams.create(newStream('s2'));
    // Both sections are past their look at the token before either commits.
    const gates = [gate(), gate()];
    const repository = opened.adapter.streamRepository as Required<StreamRepository>;
    let entered = 0;
    const adapter = altered(opened, {
      withLock: (id: string, callback: (view: LockedView) => Promise<unknown>) =>
        repository.withLock(id, async (view) => {
          const mine = entered;
          entered += 1;
          const value = await callback(view);
          gates[mine]?.open();
          await Promise.all(gates.map(({ opened }) => opened));
          return value;
        }),
    });
    const answers = await Promise.all(
      ['s1', 's2'].map((id) => executeRequest(adapter, release(id, '5', 'same'))),
    );
    expect(answers.map(({ status }) => String(status)).sort()).toEqual(['200', '409']);
    expect(answers.find(({ status }) => status === 409)).toMatchObject({ code: 'CONFLICT', effect: false });
    expect((await opened.activity.scan({ limit: 5 })).items).toHaveLength(1);
    const released = (await opened.streams.scan({ limit: 5 })).items.map(
      ({ releasedAmount }) => releasedAmount,
    );
    expect(released.sort()).toEqual(['0', '5']);
  });

  test('one key on two streams at once: where nothing is rolled back, the one that comes second has written nothing', async () => {
    const opened = await openWithStream();
    await opened.streams.create(newStream('s2'));
    const repository = opened.adapter.streamRepository as Required<StreamRepository>;
    // What the view lacks is reached past the section.
    const adapter = altered(opened, {
      withLock: (id: string, callback: (view: LockedView) => Promise<unknown>) =>
        repository.withLock(id, () => callback({} as LockedView)),
    });
    const looked = [gate(), gate()];
    const answers = await Promise.all(
      ['s1', 's2'].map((id, index) =>
        executeRequest(adapter, release(id, '5', 'same'), {
          read: async () => {
            looked[index]?.open();
            await Promise.all(looked.map(({ opened }) => opened));
          },
        }),
      ),
    );
    expect(answers.map(({ status }) => String(status)).sort()).toEqual(['200', '409']);
    const streams = (await opened.streams.scan({ limit: 5 })).items;
    expect(streams.map(({ releasedAmount }) => releasedAmount).sort()).toEqual(['0', '5']);
  });

  test('the same request stored by somebody else meanwhile is replayed', async () => {
    const opened = await openWithStream();
    const request = release('s1', '5', 'k');
    const stored = {
      token: 'settle:k',
      fingerprint: request.fingerprint,
      status: 200,
      body: '{ "theirs": 1 }',
    };
    const hooks: SectionHooks = { executed: () => void opened.idempotency.insert(stored) };
    const answer = await executeRequest(opened.adapter, request, hooks);
    expect(answer).toEqual({ status: 200, body: stored.body, replayed: true, effect: true });
    expect((await opened.streams.get('s1'))?.revision).toBe(0);
    expect((await opened.activity.scan({ limit: 5 })).items).toEqual([]);
  });
});
