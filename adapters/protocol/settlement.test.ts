import { describe, expect, test } from 'vitest';
import { StorageError, type LockedView } from '../contract/index.ts';
import { newStream, settle } from '../memory/testing/open.ts';
import {
  executeRequest,
  operationIdOf,
  type AnswerBody,
  type ProtocolRequest,
  type SectionHooks,
} from './index.ts';
import { lifecycle, release, openWithStream, contents, altered, failing } from './testing/requests.ts';

describe('an effect', () => {
  test('changes the stream, appends the event and stores the answer, once', async () => {
    const opened = await openWithStream();
    opened.clock.advance(1000);
    const answer = await executeRequest(opened.adapter, lifecycle('settle', 's1', 'k1'));
    const operationId = operationIdOf('settle:k1', 's1');
    expect(answer).toEqual({
      status: 200,
      body: JSON.stringify({
        stream: { id: 's1', status: 'ended', revision: 1, releasedAmount: '100', withdrawnAmount: '0' },
        operationId,
      }),
      replayed: false,
      effect: true,
      revision: 1,
      operationId,
      payout: { operationId, streamId: 's1', amount: '100' },
    });
    const stream = await opened.streams.get('s1');
    expect(stream).toMatchObject({ status: 'ended', revision: 1, releasedAmount: '100', memo: 'kept' });
    expect(stream?.createdAt).toBe('2026-01-31T08:15:00.000000Z');
    expect(stream?.updatedAt).toMatch(/^2026-01-31T08:15:01\./);
    const events = (await opened.activity.list({ streamId: 's1', limit: 10 })).items;
    expect(events).toMatchObject([
      {
        id: `s1:0000000001:${operationId}`,
        type: 'stream.settled',
        details: { operationId, revision: 1, payout: { amount: '100' } },
      },
    ]);
    expect(await opened.idempotency.get('settle:k1')).toEqual({
      token: 'settle:k1',
      fingerprint: lifecycle('settle', 's1').fingerprint,
      status: 200,
      body: answer.body,
      createdAt: expect.any(String),
      expiresAt: expect.stringMatching(/^2026-02-01T08:15:01\./),
    });
  });

  test('is replayed byte for byte to the same request, and repeated by none', async () => {
    const opened = await openWithStream();
    const request = lifecycle('settle', 's1', 'k1');
    const first = await executeRequest(opened.adapter, request);
    const before = await contents(opened);
    const { payout: _onlyNow, ...replayed } = { ...first, replayed: true };
    expect(await executeRequest(opened.adapter, request)).toEqual(replayed);
    expect(await contents(opened)).toEqual(before);
  });

  test('is replayed even when the stream has moved on', async () => {
    const opened = await openWithStream();
    const first = await executeRequest(opened.adapter, lifecycle('pause', 's1', 'k1'));
    await executeRequest(opened.adapter, lifecycle('settle', 's1', 'k2'));
    const again = await executeRequest(opened.adapter, lifecycle('pause', 's1', 'k1'));
    expect(again).toMatchObject({ body: first.body, replayed: true, revision: 1 });
  });

  test('without a key is repeated as often as it is asked for, with an id of its own', async () => {
    const opened = await openWithStream();
    let made = 0;
    const options = { newOperationId: () => `operation-${(made += 1)}` };
    for (const expected of ['operation-1', 'operation-2'])
      expect(await executeRequest(opened.adapter, release('s1', '5'), {}, options)).toMatchObject({
        operationId: expected,
        effect: true,
      });
    expect((await opened.streams.get('s1'))?.releasedAmount).toBe('10');
    expect((await opened.idempotency.scan({ limit: 5 })).items).toEqual([]);
  });

  test('can be asked for again once its record has expired', async () => {
    const opened = await openWithStream();
    const request = { ...release('s1', '5', 'k'), ttlMs: 1000 };
    await executeRequest(opened.adapter, request);
    opened.clock.advance(1001);
    expect(await executeRequest(opened.adapter, request)).toMatchObject({ replayed: false, revision: 2 });
  });
});

describe('what is not an effect', () => {
  test('a refusal shows the revision it saw, and is not stored', async () => {
    const opened = await openWithStream();
    const before = await contents(opened);
    const answer = await executeRequest(opened.adapter, lifecycle('withdraw', 's1', 'k1'));
    expect(answer).toMatchObject({
      status: 409,
      code: 'INVALID_STATE',
      revision: 0,
      effect: false,
      replayed: false,
    });
    const body = JSON.parse(answer.body) as AnswerBody;
    expect([body.stream.revision, body.error?.code, body.operationId]).toEqual([
      0,
      'INVALID_STATE',
      undefined,
    ]);
    expect(await contents(opened)).toEqual(before);
    await executeRequest(opened.adapter, lifecycle('settle', 's1', 'k2'));
    expect(await executeRequest(opened.adapter, lifecycle('withdraw', 's1', 'k1'))).toMatchObject({
      effect: true,
    });
  });

  test('an unchanged success shows the revision it saw, and is not stored', async () => {
    const opened = await openWithStream();
    await executeRequest(opened.adapter, lifecycle('settle', 's1', 'k1'));
    const before = await contents(opened);
    const answer = await executeRequest(opened.adapter, lifecycle('settle', 's1', 'k2'));
    expect(answer).toMatchObject({ status: 200, revision: 1, effect: false, replayed: false });
    expect(answer).not.toHaveProperty('operationId');
    expect(answer).not.toHaveProperty('payout');
    expect(await contents(opened)).toEqual(before);
  });

  test('balance refusals have their own codes', async () => {
    const opened = await openWithStream();
    expect(await executeRequest(opened.adapter, release('s1', '101'))).toMatchObject({ code: 'OVER_TOTAL' });
    const take = { ...release('s1', '1'), operation: 'withdraw' as const };
    expect(await executeRequest(opened.adapter, take)).toMatchObject({ status: 409, code: 'NOT_COVERED' });
  });

  test('another request with the key is a conflict: another body, another stream', async () => {
    const opened = await openWithStream();
    await opened.streams.create(newStream('s2'));
    await executeRequest(opened.adapter, release('s1', '5', 'k1'));
    const before = await contents(opened);
    for (const request of [
      release('s1', '6', 'k1'),
      release('s2', '5', 'k1'),
      lifecycle('settle', 's1', 'k1'),
    ]) {
      const answer = await executeRequest(opened.adapter, request);
      expect(answer).toMatchObject({ status: 409, code: 'CONFLICT', effect: false, replayed: false });
      expect(answer).not.toHaveProperty('revision');
    }
    expect(await contents(opened)).toEqual(before);
    expect(await executeRequest(opened.adapter, lifecycle('pause', 's1', 'k1'))).toMatchObject({
      effect: true,
    });
  });

  test('an unknown stream is 404 and is not stored', async () => {
    const opened = await openWithStream();
    const answer = await executeRequest(opened.adapter, lifecycle('settle', 'nobody', 'k1'));
    expect(answer).toMatchObject({ status: 404, code: 'NOT_FOUND', effect: false });
    expect((await opened.idempotency.scan({ limit: 5 })).items).toEqual([]);
  });

  test.each([
    ['a key with a space', lifecycle('settle', 's1', 'a b'), 'INVALID_TOKEN'],
    ['an empty key', lifecycle('settle', 's1', ''), 'INVALID_TOKEN'],
    ['an id that cannot be locked', lifecycle('settle', ''), 'INVALID_RECORD'],
    ['a fingerprint that is none', { ...lifecycle('settle', 's1', 'k'), fingerprint: 'x' }, 'INVALID_RECORD'],
    ['an amount of zero', release('s1', '0', 'k'), 'INVALID_RECORD'],
    ['a lifetime of zero', { ...lifecycle('settle', 's1', 'k'), ttlMs: 0 }, 'INVALID_RECORD'],
    ['a wait that is none', { ...lifecycle('settle', 's1', 'k'), lockTimeoutMs: -1 }, 'INVALID_RECORD'],
  ])('%s is 400 and changes nothing', async (_name, request, code) => {
    const opened = await openWithStream();
    const before = await contents(opened);
    expect(await executeRequest(opened.adapter, request)).toMatchObject({ status: 400, code, effect: false });
    expect(await contents(opened)).toEqual(before);
  });
});

describe('hooks', () => {
  interface Recorded {
    readonly hooks: SectionHooks;
    readonly calls: string[];
  }

  function recorder(): Recorded {
    const calls: string[] = [];
    const hooks: SectionHooks = {
      entered: (attempt, view) => void calls.push(`entered ${attempt} ${view.signal.aborted}`),
      read: (attempt) => void calls.push(`read ${attempt}`),
      executed: (attempt, { revision }) => void calls.push(`executed ${attempt} r${revision}`),
      left: (attempt, wrote) => calls.push(`left ${attempt} ${wrote}`),
      settled: (outcome) => calls.push(`settled ${outcome}`),
    };
    return { hooks, calls };
  }

  test('tell an effect, a replay, a refusal and a request without key', async () => {
    const opened = await openWithStream();
    const expected: readonly [ProtocolRequest, string[]][] = [
      [lifecycle('withdraw', 's1'), ['read 1', 'left 1 false']],
      [lifecycle('settle', 's1', 'k'), ['read 1', 'executed 1 r1', 'left 1 true']],
      [lifecycle('settle', 's1', 'k'), ['read 1', 'left 1 false']],
      [lifecycle('withdraw', 's1'), ['read 1', 'executed 1 r2', 'left 1 true']],
    ];
    for (const [request, inner] of expected) {
      const { hooks, calls } = recorder();
      await executeRequest(opened.adapter, request, hooks);
      expect(calls).toEqual(['entered 1 false', ...inner, 'settled committed']);
    }
  });

  test('number the runs of a callback that is run again', async () => {
    const opened = await openWithStream();
    const retried = new StorageError('UNAVAILABLE', 'serialization failure');
    const adapter = altered(opened, {
      withLock: async (id: string, callback: (view: LockedView) => Promise<unknown>) => {
        await opened
          .withLock(id, async (view) => {
            await callback(view);
            throw retried;
          })
          .catch((error: unknown) => expect(error).toBe(retried));
        return opened.withLock(id, callback);
      },
    });
    const { hooks, calls } = recorder();
    await executeRequest(adapter, lifecycle('settle', 's1', 'k'), hooks);
    expect(calls).toEqual(
      [
        'entered 1 false, read 1, executed 1 r1, left 1 true',
        'entered 2 false, read 2, executed 2 r1, left 2 true',
        'settled committed',
      ].flatMap((run) => run.split(', ')),
    );
    expect((await opened.streams.get('s1'))?.revision).toBe(1);
  });

  test('say aborted when nothing happened, and unknown when nobody knows', async () => {
    const opened = await openWithStream();
    for (const [code, outcome] of [
      ['LOCK_TIMEOUT', 'aborted'],
      ['OUTCOME_UNKNOWN', 'unknown'],
    ] as const) {
      const { hooks, calls } = recorder();
      await executeRequest(
        failing(opened, new StorageError(code, 'below')),
        lifecycle('settle', 's1'),
        hooks,
      );
      expect(calls).toEqual([`settled ${outcome}`]);
    }
  });

  test('a write that fails is left without executed', async () => {
    const opened = await openWithStream();
    const { hooks, calls } = recorder();
    await executeRequest(opened.adapter, { ...lifecycle('settle', 's1', 'k'), fingerprint: 'x' }, hooks);
    await settle();
    expect(calls).toEqual(['entered 1 false', 'read 1', 'left 1 true', 'settled aborted']);
  });
});
