/** A new side that takes calls and answers none: the old side goes on without it, within one bound. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type {
  IdempotencyStore,
  Migration,
  Stage,
  StorageAdapter,
  StreamRepository,
} from '../contract/index.ts';
import { createMemoryAdapter } from '../memory/index.ts';
import { lockOf, stream, streamsOf } from './testing/streams.ts';
import { createMigratingAdapter } from './index.ts';

const BOUND_MS = 60;

/** Holds every call back while it is frozen. */
class Freezer {
  #thawed = Promise.resolve();
  #thaw = (): void => {};

  freeze(): void {
    this.#thawed = new Promise((resolve) => {
      this.#thaw = resolve;
    });
  }

  thaw(): void {
    this.#thaw();
  }

  /** Every method of `store` waits first. */
  around<S extends object>(store: S): S {
    const entries = Object.entries(store).map(([name, member]) => [
      name,
      typeof member === 'function'
        ? async (...given: readonly unknown[]) => {
            await this.#thawed;
            return Reflect.apply(member, store, given);
          }
        : member,
    ]);
    return Object.fromEntries(entries) as S;
  }
}

function open(stage: Stage): {
  readonly adapter: StorageAdapter & { readonly migration: Migration };
  readonly other: StorageAdapter;
  readonly freezer: Freezer;
} {
  const freezer = new Freezer();
  const other = createMemoryAdapter({ namespace: randomUUID(), clock: Date.now });
  const repository = other.streamRepository as Required<StreamRepository>;
  const adapter = createMigratingAdapter({
    old: createMemoryAdapter({ namespace: randomUUID(), clock: Date.now }),
    new: {
      ...other,
      streamRepository: {
        ...freezer.around(repository),
        streams: freezer.around(repository.streams),
        users: freezer.around(repository.users),
        activity: freezer.around(repository.activity),
      },
      idempotencyStore: freezer.around(other.idempotencyStore as IdempotencyStore),
      close: () => other.close(),
    },
    stage,
    newSideBoundMs: BOUND_MS,
  });
  return { adapter: adapter as ReturnType<typeof open>['adapter'], other, freezer };
}

describe.each(['bridged', 'dual', 'cut-over'] as const)('while the new side is frozen, at %s', (stage) => {
  it('sections, writes and reads are answered by the old one', async () => {
    const { adapter, freezer } = open(stage);
    await streamsOf(adapter).create(stream('s1'));
    let enter = (): void => {};
    const inside = new Promise<void>((resolve) => {
      enter = resolve;
    });
    const frozen = (async () => {
      await inside;
      freezer.freeze();
    })();
    // One is inside both locks as it freezes, one comes after that, one waits no longer than it said.
    const first = lockOf(adapter).withLock('s1', async (view) => {
      enter();
      await frozen;
      return view.streams?.put(stream('s1', { revision: 1 }));
    });
    await frozen;
    const all = await Promise.all([
      first,
      lockOf(adapter).withLock('s2', async (view) => view.streams?.create(stream('s2'))),
      lockOf(adapter).withLock('s3', async (view) => view.streams?.create(stream('s3')), { timeoutMs: 500 }),
      streamsOf(adapter).create(stream('s4')),
    ]);
    expect(all.map((record) => [record?.id, record?.revision])).toEqual([
      ['s1', 1],
      ['s2', 0],
      ['s3', 0],
      ['s4', 0],
    ]);
    expect((await streamsOf(adapter).get('s1'))?.revision).toBe(1);
    expect((await streamsOf(adapter).list({ limit: 10 })).items).toHaveLength(4);
    freezer.thaw();
    if (stage !== 'bridged') {
      await adapter.migration.repair(10);
      expect(await adapter.migration.compare(10)).toMatchObject({ differences: [], owed: 0 });
    }
    await adapter.close();
  });
});

it('waits for a lock of the new side that somebody holds, as long as that side answers', async () => {
  const { adapter, other } = open('bridged');
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isHeld = true;
  const holder = lockOf(other).withLock('s1', async () => {
    await held;
    isHeld = false;
  });
  const waiting = lockOf(adapter).withLock('s1', async () => isHeld);
  await new Promise((resolve) => setTimeout(resolve, 10 * BOUND_MS));
  release();
  expect(await waiting).toBe(false);
  await holder;
  await adapter.close();
});
