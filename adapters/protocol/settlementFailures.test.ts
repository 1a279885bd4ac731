/** Settlements on a storage that fails, or that lacks something. */
import { describe, expect, test } from 'vitest';
import {
  idempotencyToken,
  StorageError,
  type LockedView,
  type StorageErrorCode,
  type StreamRepository,
} from '../contract/index.ts';
import { gate } from '../memory/testing/open.ts';
import { executeRequest, operationIdOf } from './index.ts';
import { lifecycle, openWithStream, contents, altered, failing } from './testing/requests.ts';

describe('errors of storage', () => {
  test.each([
    ['LOCK_TIMEOUT', 503],
    ['UNAVAILABLE', 503],
    ['LOCK_LOST', 503],
    ['ABORTED', 503],
    ['CLOSED', 503],
    ['FENCED', 503],
    ['OUTCOME_UNKNOWN', 500],
    ['LOCK_REENTRANT', 500],
    ['UNSUPPORTED', 501],
    ['INVALID_RECORD', 400],
    ['INVALID_TOKEN', 400],
  ] as const satisfies readonly (readonly [StorageErrorCode, number])[])('%s is %d', async (code, status) => {
    const opened = await openWithStream();
    const adapter = failing(opened, new StorageError(code, 'below'));
    expect(await executeRequest(adapter, lifecycle('settle', 's1', 'k'))).toMatchObject({
      status,
      code,
      effect: false,
      replayed: false,
    });
  });

  test('an error that is none of the seam is 500', async () => {
    const opened = await openWithStream();
    for (const error of [new TypeError('raw'), 'text', undefined])
      expect(await executeRequest(failing(opened, error), lifecycle('settle', 's1'))).toMatchObject({
        status: 500,
        code: 'INTERNAL',
      });
  });

  test('a store that cannot be read fails the request, and nothing executes', async () => {
    const opened = await openWithStream();
    const repository = opened.adapter.streamRepository as Required<StreamRepository>;
    const broken = { get: () => Promise.reject(new StorageError('UNAVAILABLE', 'below')) };
    const adapter = altered(opened, {
      withLock: (id: string, callback: (view: LockedView) => Promise<unknown>) =>
        repository.withLock(id, (view) => callback({ ...view, idempotency: broken as never })),
    });
    const before = await contents(opened);
    expect(await executeRequest(adapter, lifecycle('settle', 's1', 'k'))).toMatchObject({
      code: 'UNAVAILABLE',
    });
    expect(await contents(opened)).toEqual(before);
  });

  test('an event id that exists already is no replay', async () => {
    const opened = await openWithStream();
    const id = `s1:0000000001:${operationIdOf(idempotencyToken('settle', 'k'), 's1')}`;
    await opened.activity.append({ id, type: 'x', description: '' });
    expect(await executeRequest(opened.adapter, lifecycle('settle', 's1', 'k'))).toMatchObject({
      status: 500,
      code: 'ALREADY_EXISTS',
      effect: false,
    });
    expect((await opened.streams.get('s1'))?.revision).toBe(0);
  });

  test('an adapter that loses the value of the callback is 500', async () => {
    const opened = await openWithStream();
    const withLock = async (id: string, callback: (view: LockedView) => Promise<unknown>): Promise<void> => {
      await opened.withLock(id, callback);
    };
    expect(await executeRequest(altered(opened, { withLock }), lifecycle('settle', 's1'))).toMatchObject({
      status: 500,
      code: 'INTERNAL',
    });
  });

  test('a lock that stays held is LOCK_TIMEOUT within the bound', async () => {
    const opened = await openWithStream();
    const hold = gate();
    const holder = opened.withLock('s1', () => hold.opened);
    const answer = await executeRequest(opened.adapter, {
      ...lifecycle('settle', 's1', 'k'),
      lockTimeoutMs: 5,
    });
    expect(answer).toMatchObject({ status: 503, code: 'LOCK_TIMEOUT' });
    hold.open();
    await holder;
    expect((await opened.streams.get('s1'))?.revision).toBe(0);
  });
});

describe('adapters that lack something', () => {
  test('without locks or streams nothing executes', async () => {
    const opened = await openWithStream();
    const request = lifecycle('settle', 's1', 'k');
    expect(await executeRequest(altered(opened, { withLock: undefined }), request)).toMatchObject({
      status: 501,
    });
    const withLock = (_id: string, callback: (view: LockedView) => Promise<unknown>): Promise<unknown> =>
      callback({ signal: new AbortController().signal });
    expect(await executeRequest(altered(opened, { withLock, streams: undefined }), request)).toMatchObject({
      status: 501,
    });
    expect((await opened.streams.get('s1'))?.revision).toBe(0);
  });

  test('a view without surfaces is served by the adapter within the lock', async () => {
    const opened = await openWithStream();
    const withLock = (id: string, callback: (view: LockedView) => Promise<unknown>): Promise<unknown> =>
      opened.withLock(id, ({ signal }) => callback({ signal }));
    const adapter = altered(opened, { withLock });
    const request = lifecycle('settle', 's1', 'k');
    const first = await executeRequest(adapter, request);
    expect(first).toMatchObject({ effect: true, replayed: false });
    expect(await executeRequest(adapter, request)).toMatchObject({ body: first.body, replayed: true });
    expect((await opened.activity.scan({ limit: 5 })).items).toHaveLength(1);
  });

  test('a lock alone and streams are enough for the state machine', async () => {
    const opened = await openWithStream();
    const withLock = (id: string, callback: (view: LockedView) => Promise<unknown>): Promise<unknown> =>
      opened.withLock(id, ({ streams, signal }) => callback({ ...(streams ? { streams } : {}), signal }));
    const adapter = altered(opened, { withLock, activity: undefined }, { idempotencyStore: undefined });
    const request = lifecycle('settle', 's1', 'k');
    expect(await executeRequest(adapter, request)).toMatchObject({ effect: true, revision: 1 });
    expect(await executeRequest(adapter, request)).toMatchObject({ effect: false, revision: 1 });
    expect((await opened.activity.scan({ limit: 5 })).items).toEqual([]);
  });
});
