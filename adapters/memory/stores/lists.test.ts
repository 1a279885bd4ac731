import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareIds, compareTimestamps, encodeCursor, encodeListCursor } from '../../contract/index.ts';
import { allPages, codeFrom, newStream, openMemory } from '../testing/open.ts';

describe('lists', () => {
  const rows = fc.uniqueArray(
    fc.record({
      id: fc.oneof(
        fc.string({
          unit: fc.constantFrom('a', 'B', 'é', '|', ':', '/', '+', '=', '\uffee', '😀'),
          minLength: 1,
        }),
        fc.constant('2026-01-31T08:15:00.123Z|x'),
      ),
      micros: fc.constantFrom('.123Z', '.123000Z', '.123001Z', '.12399Z', '.124Z'),
      hidden: fc.boolean(),
    }),
    { selector: ({ id }) => id, maxLength: 12 },
  );

  test('pages of every size join to the full list, whichever direction and wherever rows are deleted', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 13 }), async (given, limit) => {
        const { streams, activity } = openMemory();
        const rising: { time: string; id: string }[] = [];
        for (const { id, micros } of given) {
          const time = `2026-01-31T08:15:00${micros}`;
          rising.push({ time, id });
          await streams.create(newStream(id, { createdAt: time }));
          await activity.append({ id, type: 't', streamId: 's', timestamp: time, description: '' });
        }
        rising.sort((a, b) => compareTimestamps(a.time, b.time) || compareIds(a.id, b.id));
        const ids = rising.map(({ id }) => id);
        const listed = await allPages((at) => streams.list({ limit, ...at }));
        expect(listed.map(({ id }) => id)).toEqual(ids);
        const scanned = await allPages((at) => streams.scan({ limit, ...at }));
        expect(scanned.map(({ id }) => id)).toEqual([...ids].sort(compareIds));
        for (const filter of [{}, { streamId: 's' }, { type: 't' }, { streamId: 's', type: 't' }]) {
          const events = await allPages((at) => activity.list({ ...filter, limit, ...at }));
          expect(events.map(({ id }) => id)).toEqual([...ids].reverse());
        }
        const first = await streams.list({ limit });
        for (const { id } of first.items) await streams.delete(id);
        if (first.nextCursor !== undefined) {
          const rest = await streams.list({ limit: 1000, cursor: first.nextCursor });
          expect(rest.items.map(({ id }) => id)).toEqual(ids.slice(limit));
        }
      }),
      { numRuns: 100 },
    );
  });

  test('a page that takes the last row has no cursor', async () => {
    const { streams } = openMemory();
    for (const id of ['a', 'b']) await streams.create(newStream(id));
    expect((await streams.list({ limit: 2 })).nextCursor).toBeUndefined();
    expect((await streams.list({ limit: 1 })).nextCursor).toBeDefined();
    expect(await streams.list({ status: 'draft', limit: 1 })).toEqual({ items: [] });
  });

  test('cursors of other lists and damaged ones are refused', async () => {
    const { streams, activity, users, idempotency, jobs, audit } = openMemory();
    const ofList = encodeListCursor({ timestamp: '2026-01-31T08:15:00.123Z', id: 'x' });
    const lists = [
      (cursor: string) => streams.list({ limit: 1, cursor }),
      (cursor: string) => activity.list({ limit: 1, cursor }),
      (cursor: string) => jobs.list({ ownerId: 'o', limit: 1, cursor }),
      (cursor: string) => audit.list({ exportId: 'x', limit: 1, cursor }),
    ];
    for (const list of lists) {
      expect(await codeFrom(() => list(ofList))).toBe('none');
      for (const cursor of [encodeCursor('x'), `${ofList.slice(0, -1)}*`, `${ofList}=`, '', null as never])
        expect(await codeFrom(() => list(cursor))).toBe('INVALID_CURSOR');
    }
    for (const store of [streams, activity, users, idempotency, jobs, audit]) {
      expect(await codeFrom(() => store.scan({ limit: 1, cursor: encodeCursor('x') }))).toBe('none');
      for (const cursor of [ofList, 'x', '']) {
        expect(await codeFrom(() => store.scan({ limit: 1, cursor }))).toBe('INVALID_CURSOR');
      }
    }
  });

  test('arguments that are none are INVALID_RECORD, never a raw error', async () => {
    const { streams, activity, users, jobs, audit, idempotency } = openMemory();
    const calls = [
      () => streams.list(undefined as never),
      () => streams.scan({ limit: 0 }),
      () => streams.get(undefined as never),
      () => streams.delete(null as never),
      () => streams.create(undefined as never),
      () => users.get(''),
      () => users.put(null as never),
      () => activity.append(undefined as never),
      () => activity.list({ limit: 1, streamId: null as never }),
      () => activity.list({ limit: 1, type: '' }),
      () => jobs.list({ limit: 1 } as never),
      () => jobs.list(undefined as never),
      () => jobs.transition('', ['pending'], 'processing'),
      () => jobs.transition('x', ['pending'], 'processing', null as never),
      () => audit.list({ limit: 1 } as never),
      () => idempotency.deleteExpired(0),
    ];
    for (const call of calls) expect(await codeFrom(call)).toBe('INVALID_RECORD');
  });
});
