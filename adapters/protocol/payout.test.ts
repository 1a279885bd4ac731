import { describe, expect, test } from 'vitest';
import {
  StorageError,
  type ActivityEvent,
  type ActivityStore,
  type StorageAdapter,
} from '../contract/index.ts';
import { codeFrom, newStream, openMemory, type Opened } from '../memory/testing/open.ts';
import {
  completePayout,
  driveUnpaid,
  effectEvent,
  effectOf,
  executeRequest,
  intentOf,
  paidOperationOf,
  payoutSentEvent,
  type Effect,
  type PayoutIntent,
  type PayoutRail,
} from './index.ts';

/** A rail that removes doubles, as rails do, and remembers how often it was asked. */
function newRail(): PayoutRail & { readonly asked: string[]; readonly paid: Map<string, string> } {
  const asked: string[] = [];
  const paid = new Map<string, string>();
  return {
    asked,
    paid,
    pay: ({ operationId, amount }) => {
      asked.push(operationId);
      paid.set(operationId, amount);
    },
  };
}

async function openWithEffects(count: number): Promise<{ opened: Opened; intents: PayoutIntent[] }> {
  const opened = openMemory();
  const intents: PayoutIntent[] = [];
  for (let number = 0; number < count; number += 1) {
    const streamId = `s${number}`;
    await opened.streams.create(newStream(streamId));
    await executeRequest(opened.adapter, {
      operation: 'pause',
      streamId,
      workload: 'lifecycle',
      fingerprint: '',
    });
    const { payout } = await executeRequest(opened.adapter, {
      operation: 'settle',
      streamId,
      workload: 'lifecycle',
      key: 'k'.concat(String(number)),
      fingerprint: 'a'.repeat(64),
    });
    if (payout !== undefined) intents.push(payout);
  }
  return { opened, intents };
}

describe('events', () => {
  const effect: Effect = {
    streamId: 's1',
    operationId: 'op',
    revision: 12,
    operation: 'withdraw',
    payoutAmount: '5',
  };
  const stored = (event: object): ActivityEvent =>
    ({ timestamp: '2026-01-31T08:15:00.000Z', ...event }) as ActivityEvent;

  test('carry an effect there and back', () => {
    expect(effectOf(stored(effectEvent(effect)))).toEqual(effect);
    expect(intentOf(stored(effectEvent(effect)))).toEqual({ operationId: 'op', streamId: 's1', amount: '5' });
    const { payoutAmount: _none, ...plain } = { ...effect, operation: 'start' as const };
    expect(effectOf(stored(effectEvent(plain)))).toEqual(plain);
    expect(intentOf(stored(effectEvent(plain)))).toBeUndefined();
  });

  test('sort by revision when their times are equal', () => {
    const ids = [9, 10, 100].map(
      (revision) => effectEvent({ ...effect, revision, operationId: `${-revision}` }).id,
    );
    expect([...ids].sort()).toEqual(ids);
  });

  test('of payments are no effects, and the reverse', () => {
    const sent = stored(payoutSentEvent({ operationId: 'op', streamId: 's1', amount: '5' }));
    expect(sent).toMatchObject({ id: 'payout.sent:op', type: 'payout.sent', streamId: 's1' });
    expect([effectOf(sent), paidOperationOf(sent)]).toEqual([undefined, 'op']);
    expect(paidOperationOf(stored(effectEvent(effect)))).toBeUndefined();
  });

  test('that others wrote are neither', () => {
    const event = stored(effectEvent(effect));
    const { streamId: _none, ...elsewhere } = event;
    for (const other of [
      { ...event, details: null },
      { ...event, details: [] },
      { ...event, details: { operationId: 'op' } },
      { ...event, details: { operationId: 5, revision: 1 } },
      { ...event, type: 'stream.noted' },
      { ...event, type: 'payout.sent' },
      elsewhere,
    ])
      expect([effectOf(other), intentOf(other), paidOperationOf(other)]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
  });
});

describe('paying', () => {
  test('asks the rail, then records it, and may be repeated', async () => {
    const { opened, intents } = await openWithEffects(1);
    const [intent] = intents;
    if (intent === undefined) throw new Error('settle promised nothing');
    const rail = newRail();
    await completePayout(opened.adapter, rail, intent);
    await completePayout(opened.adapter, rail, intent);
    expect(rail.asked).toHaveLength(2);
    const sent = (await opened.activity.list({ type: 'payout.sent', limit: 10 })).items;
    expect(sent.map(paidOperationOf)).toEqual([intent.operationId]);
  });

  test('records nothing when the rail refuses', async () => {
    const { opened, intents } = await openWithEffects(1);
    const refused = new Error('refused');
    const rail: PayoutRail = { pay: () => Promise.reject(refused) };
    await expect(completePayout(opened.adapter, rail, intents[0] as PayoutIntent)).rejects.toBe(refused);
    expect((await opened.activity.list({ type: 'payout.sent', limit: 10 })).items).toEqual([]);
  });

  test('fails when the record fails', async () => {
    const { opened, intents } = await openWithEffects(1);
    const append = (): Promise<never> => Promise.reject(new StorageError('UNAVAILABLE', 'below'));
    const adapter = {
      ...opened.adapter,
      streamRepository: { activity: { append } as unknown as ActivityStore },
    };
    expect(await codeFrom(() => completePayout(adapter, newRail(), intents[0] as PayoutIntent))).toBe(
      'UNAVAILABLE',
    );
  });

  test('finds what a crash left unpaid, up to the limit', async () => {
    const { opened, intents } = await openWithEffects(7);
    const rail = newRail();
    await completePayout(opened.adapter, rail, intents[3] as PayoutIntent);
    const first = await driveUnpaid(opened.adapter, rail, { limit: 4, pageSize: 3 });
    expect([first.driven.length, first.remaining]).toEqual([4, 2]);
    const second = await driveUnpaid(opened.adapter, rail, { limit: 100 });
    expect([second.driven.length, second.remaining]).toEqual([2, 0]);
    expect(await driveUnpaid(opened.adapter, rail, { limit: 100 })).toEqual({ driven: [], remaining: 0 });
    expect([...rail.paid.keys()].sort()).toEqual(intents.map(({ operationId }) => operationId).sort());
    expect(rail.asked).toHaveLength(7);
  });

  test('an adapter without activity keeps no intents', async () => {
    const adapter: StorageAdapter = { ...openMemory().adapter, streamRepository: {} };
    expect(await codeFrom(() => driveUnpaid(adapter, newRail(), { limit: 1 }))).toBe('UNSUPPORTED');
  });
});
