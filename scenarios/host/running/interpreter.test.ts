import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import { StorageError, type LockedView, type StreamStore } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import { MAX_ATTEMPTS } from './actor.ts';
import { THROWN, type Step } from '../language/program.ts';
import { adapterOf, runLocal, told, viewOf } from '../testing/local.ts';

const enter = (stream = 's'): Step => ({ do: 'enter', stream });
const leave: Step = { do: 'leave' };
const call = (method: string, args: unknown[], more: object = {}): Step =>
  ({ do: 'call', via: 'view', method, args, ...more }) as Step;

/** A store whose `get` answers by id. */
function storeOf(get: (id: string) => unknown, more: object = {}): StreamStore {
  return { get, ...more } as unknown as StreamStore;
}

const plainLock = (stores: Partial<LockedView> = {}) =>
  adapterOf(async (_id, callback) => callback(viewOf(stores)), stores);

describe('sections', () => {
  it('record the callback, its steps, and how withLock settled', async () => {
    const streams = storeOf((id) => ({ id }));
    const adapter = adapterOf(async (_id, callback) => callback(viewOf({ streams, fence: 7n })));
    const { records, stuck } = await runLocal(adapter, [[enter(), call('streams.get', ['a']), leave]]);
    expect(told(records)).toEqual(['0.0 ok', '0.1 ok', '0.2 ok']);
    const [entered, got, left] = records;
    expect(entered?.outcome).toEqual({ status: 'ok', fence: 7n });
    expect(got?.outcome).toEqual({ status: 'ok', value: { id: 'a' } });
    expect(left?.outcome.status).toBe('ok');
    expect(left?.outcome).not.toHaveProperty('instead');
    expect(new Set(records.map(({ section }) => section)).size).toBe(1);
    expect(entered!.return).toBeLessThanOrEqual(got!.call);
    expect(got!.return).toBeLessThanOrEqual(left!.call);
    expect(left!.call).toBeLessThanOrEqual(left!.return);
    expect(stuck).toEqual([]);
  });

  it('resolve to what their callback returned, also where that counts as false', async () => {
    const dropping = adapterOf(async (_id, callback) => (await callback(viewOf())) || 'nothing');
    const twice = [enter(), leave, enter(), leave];
    const { records } = await runLocal(dropping, [twice]);
    expect(records.map(({ outcome }) => ('instead' in outcome ? outcome.instead : null))).toEqual([
      null,
      null,
      null,
      '0',
    ]);
  });

  it('say so when the signal of a view that committed had called the lock lost', async () => {
    const passing = adapterOf(async (_id, callback) =>
      callback({ ...viewOf(), signal: AbortSignal.abort() }),
    );
    const { records } = await runLocal(passing, [[enter(), leave]]);
    expect(records.map(({ outcome }) => 'lost' in outcome)).toEqual([false, true]);
  });

  it('throw whatever a callback can throw', async () => {
    for (const thrown of THROWN) {
      const { records } = await runLocal(plainLock(), [[enter(), { do: 'throw', message: 'mine', thrown }]]);
      expect(records[1]?.outcome).toMatchObject({ status: 'error', error: { original: true } });
    }
  });

  it('change what they gave once the call has settled, where the step says so', async () => {
    const kept: unknown[] = [];
    const create = (record: unknown): Promise<void> => {
      kept.push(record);
      return Promise.resolve();
    };
    const streams = storeOf(() => undefined, { create });
    const steps = [true, undefined].map((edits) => call('streams.create', [{ id: 'a' }], defined({ edits })));
    await runLocal(plainLock({ streams }), [steps.map((step) => ({ ...step, via: 'instance' as const }))]);
    expect(kept).toEqual([{ id: 'a~mutated', mutated: true }, { id: 'a' }]);
  });

  it('let the event loop turn between calls that are answered at once', async () => {
    let turned = false;
    const end = performance.now() + 1_001;
    const streams = storeOf(() => {
      setImmediate(() => {
        turned = true;
      });
      while (performance.now() < end);
      return turned;
    });
    const reads = Array.from({ length: 2 }, () => call('streams.get', ['a'], { via: 'instance' }));
    const { records } = await runLocal(plainLock({ streams }), [reads], { mode: 'free' });
    expect(records.at(-1)?.outcome).toEqual({ status: 'ok', value: true });
  });

  it('nest, and are left in the end', async () => {
    const { records } = await runLocal(plainLock(), [[enter('a'), enter('b')]]);
    expect(told(records)).toEqual(['0.0 ok', '0.1 ok', '0.2 ok', '0.3 ok']);
    const [a, b, leftB, leftA] = records.map(({ section }) => section);
    expect([leftB, leftA]).toEqual([b, a]);
    expect(a).not.toBe(b);
  });

  it('throw the very error, and say whether it came back', async () => {
    const steps: Step[] = [enter(), { do: 'throw', message: 'mine' }];
    const honest = await runLocal(plainLock(), [steps]);
    expect(honest.records[1]?.outcome).toMatchObject({
      status: 'error',
      error: { message: 'mine', original: true },
    });
    const wrapping = adapterOf(async (_id, callback) => {
      try {
        return await callback(viewOf());
      } catch (error) {
        throw new StorageError('UNAVAILABLE', 'wrapped', { cause: error });
      }
    });
    const wrapped = await runLocal(wrapping, [steps]);
    expect(wrapped.records[1]?.outcome).toMatchObject({
      error: { code: 'UNAVAILABLE', original: false, causes: ['Error: mine'] },
    });
    const swallowing = adapterOf(async (_id, callback) => callback(viewOf()).catch(() => 'fine'));
    const swallowed = await runLocal(swallowing, [steps]);
    expect(swallowed.records[1]?.outcome).toEqual({ status: 'ok', value: 'fine' });
  });

  it('reject with the error of a call that was not swallowed, and skip the steps after it', async () => {
    const error = new StorageError('NOT_FOUND', 'no');
    const streams = storeOf(() => {
      throw error;
    });
    const steps = [enter(), call('streams.get', ['a']), enter('b'), leave, leave, call('streams.get', ['c'])];
    const { records } = await runLocal(plainLock({ streams }), [steps]);
    expect(told(records)).toEqual([
      '0.0 ok',
      '0.1 error',
      '0.2 skipped',
      '0.3 skipped',
      '0.4 error',
      '0.5 error',
    ]);
    expect(records[4]?.outcome).toMatchObject({ error: { code: 'NOT_FOUND', original: true } });
  });

  it('go on after a swallowed error', async () => {
    const streams = storeOf(() => Promise.reject(new StorageError('CONFLICT', 'no')));
    const steps = [enter(), call('streams.get', ['a'], { swallow: true }), leave];
    const { records } = await runLocal(plainLock({ streams }), [steps]);
    expect(told(records)).toEqual(['0.0 ok', '0.1 error', '0.2 ok']);
  });

  it('are skipped when withLock settles without its callback', async () => {
    const refusing = adapterOf(() => Promise.reject(new StorageError('LOCK_TIMEOUT', 'no')));
    const steps = [enter(), call('streams.get', ['a']), leave, leave];
    const { records } = await runLocal(refusing, [steps]);
    expect(told(records)).toEqual(['0.0 error', '0.1 skipped', '0.2 skipped', '0.3 skipped']);
    expect(records[0]?.outcome).toMatchObject({ error: { code: 'LOCK_TIMEOUT' } });
    const resolving = await runLocal(
      adapterOf(async () => 'never called'),
      [steps],
    );
    expect(told(resolving.records)[0]).toBe('0.0 error');
  });

  it('doom the section around them unless swallowed', async () => {
    let calls = 0;
    const adapter = adapterOf(async (_id, callback) => {
      calls += 1;
      if (calls % 2 === 0) throw new StorageError('LOCK_REENTRANT', 'no');
      return callback(viewOf());
    });
    const doomed = await runLocal(adapter, [[enter(), enter(), leave, leave]]);
    expect(told(doomed.records)).toEqual(['0.0 ok', '0.1 error', '0.2 skipped', '0.3 error']);
    const spared = await runLocal(adapter, [
      [enter(), { do: 'enter', stream: 's', swallow: true }, leave, leave],
    ]);
    expect(told(spared.records)).toEqual(['0.0 ok', '0.1 error', '0.2 skipped', '0.3 ok']);
  });

  it('run their steps in the context of the callback', async () => {
    const holder = new AsyncLocalStorage<string>();
    const streams = storeOf(() => holder.getStore());
    const adapter = adapterOf(async (id, callback) => holder.run(id, () => callback(viewOf({ streams }))));
    const steps = (id: string): Step[] => [enter(id), call('streams.get', ['x']), leave];
    const { records } = await runLocal(adapter, [steps('a'), steps('b')], {
      mode: 'scheduled',
      choices: [0, 1, 0, 1],
      blockMs: 20,
    });
    const values = records.filter(({ step }) => step === 1).map(({ outcome }) => outcome);
    expect(values).toEqual([
      { status: 'ok', value: 'a' },
      { status: 'ok', value: 'b' },
    ]);
  });
});

describe('a callback that runs again', () => {
  const steps = [enter(), call('streams.get', ['a'], { save: 'x' }), leave, { do: 'hold', ms: 0 } as Step];

  it('rewinds its actor, and only the last run has a leave', async () => {
    const streams = storeOf((id) => ({ id }));
    const adapter = adapterOf(async (_id, callback) => {
      await callback(viewOf({ streams }));
      return callback(viewOf({ streams }));
    });
    const { records, order, ghosts } = await runLocal(adapter, [steps]);
    expect(told(records)).toEqual(['0.0 ok', '0.1 ok', '0.0 ok', '0.1 ok', '0.2 ok', '0.3 ok']);
    expect(records.map(({ attempt }) => attempt)).toEqual([1, 1, 2, 2, 2, 1]);
    expect(order.map(({ step }) => step)).toEqual([0, 1, 2, 1, 2, 3]);
    expect(ghosts).toEqual([]);
  });

  it('does so a bounded number of times', async () => {
    const adapter = adapterOf(async (_id, callback) => {
      for (;;) await callback(viewOf({ streams: storeOf(() => 1) }));
    });
    const { records } = await runLocal(adapter, [steps]);
    expect(records.at(-2)).toMatchObject({ step: 2, attempt: MAX_ATTEMPTS, outcome: { status: 'error' } });
  });

  it('is a ghost while the former run lasts', async () => {
    const adapter = adapterOf(async (_id, callback) => {
      const first = callback(viewOf({ streams: storeOf(() => 1) }));
      await callback(viewOf()).catch(() => {});
      return first;
    });
    const { records, ghosts } = await runLocal(adapter, [steps]);
    expect(ghosts).toMatchObject([{ actor: 0, step: 0, process: 1 }]);
    expect(told(records).slice(0, 3)).toEqual(['0.0 ok', '0.1 ok', '0.2 ok']);
  });

  it('is a ghost after withLock has settled', async () => {
    let late: (() => Promise<unknown>) | undefined;
    const adapter = adapterOf(
      async (id, callback) => {
        if (id === 'late') return late?.().catch(() => 'refused');
        late = () => callback(viewOf());
        throw new StorageError('LOCK_TIMEOUT', 'no');
      },
      { streams: storeOf(() => 1) },
    );
    const { ghosts } = await runLocal(adapter, [[enter(), leave, enter('late'), leave]]);
    expect(ghosts).toMatchObject([{ step: 0 }]);
  });

  it('may be left running by an adapter that settles early', async () => {
    const adapter = adapterOf(async (_id, callback) => {
      callback(viewOf({ streams: storeOf(() => 1) })).catch(() => {});
      return 'early';
    });
    const { records } = await runLocal(adapter, [[enter(), call('streams.get', ['a']), leave]]);
    expect(told(records)).toEqual(['0.0 ok', '0.1 ok', '0.2 ok']);
    expect(records[2]!.return).toBeLessThan(records[2]!.call);
  });
});

describe('steps', () => {
  it('use the view that has ended', async () => {
    const streams = storeOf(() => {
      throw new StorageError('CLOSED', 'over');
    });
    const adapter = adapterOf(async (_id, callback) => callback(viewOf({ streams })));
    const dead = call('streams.get', ['a'], { via: 'dead-view' });
    const { records } = await runLocal(adapter, [[dead, enter(), leave, dead]]);
    expect(told(records)).toEqual(['0.0 skipped', '0.1 ok', '0.2 ok', '0.3 error']);
    expect(records[3]?.outcome).toMatchObject({ error: { code: 'CLOSED' } });
  });

  it('snapshot what was returned before it is mutated', async () => {
    const kept = { id: 'a', tags: ['x'] };
    const { records } = await runLocal(plainLock({ streams: storeOf(() => kept) }), [
      [
        call('streams.get', ['a'], { via: 'instance', save: 'r' }),
        { do: 'mutate', saved: 'r' },
        call('streams.get', ['a'], { via: 'instance' }),
      ],
    ]);
    expect(records[0]?.outcome).toEqual({ status: 'ok', value: { id: 'a', tags: ['x'] } });
    expect(records[2]?.outcome).toMatchObject({ value: { id: 'a~mutated' } });
  });

  it('report what cannot travel, and go on', async () => {
    const streams = storeOf((id) => (id === 'map' ? { rows: new Map() } : id));
    const { records, garbage } = await runLocal(plainLock({ streams }), [
      [call('streams.get', ['map'], { via: 'instance' }), call('streams.get', ['a'], { via: 'instance' })],
    ]);
    expect(told(records)).toEqual(['0.0 error', '0.1 ok']);
    expect(garbage).toMatchObject([{ process: 1, reason: 'garbage' }]);
  });

  it('record a missing method and whatever is thrown', async () => {
    const streams = storeOf(() => {
      throw null;
    });
    const { records } = await runLocal(plainLock({ streams }), [
      [
        call('users.get', ['a'], { via: 'instance' }),
        call('idempotency.begin', ['a'], { via: 'instance' }),
        call('streams.get', ['a'], { via: 'instance' }),
      ],
    ]);
    expect(told(records)).toEqual(['0.0 error', '0.1 error', '0.2 error']);
    expect(records.map(({ outcome }) => outcome)).not.toContainEqual(
      expect.objectContaining({ error: expect.objectContaining({ code: expect.anything() }) }),
    );
  });

  it('abort the wait of another actor', async () => {
    const adapter = adapterOf(((_id: string, callback: () => unknown, options?: { signal?: AbortSignal }) => {
      if (options?.signal === undefined) return callback();
      return new Promise((_resolve, reject) => {
        options.signal?.addEventListener('abort', () => reject(new StorageError('ABORTED', 'yes')));
      });
    }) as never);
    const { records, order } = await runLocal(adapter, [
      [{ do: 'enter', stream: 's', abortable: true }, leave],
      [{ do: 'abort', actor: 0 }],
    ]);
    expect(order.slice(0, 2)).toEqual([
      { actor: 0, step: 0, blocked: true },
      { actor: 1, step: 0, blocked: false },
    ]);
    expect(records.find(({ actor }) => actor === 0)?.outcome).toMatchObject({ error: { code: 'ABORTED' } });
  });

  it('that never finish are stuck, and open sections are given up', async () => {
    let released = false;
    const adapter = adapterOf(
      async (_id, callback) => {
        try {
          return await callback(viewOf({ streams: storeOf(() => new Promise(() => {})) }));
        } finally {
          released = true;
        }
      },
      { streams: storeOf(() => new Promise(() => {})) },
    );
    const { stuck } = await runLocal(adapter, [
      [enter(), call('streams.get', ['a'])],
      [call('streams.get', ['a'], { via: 'instance' })],
    ]);
    expect(stuck.map(({ actor, step }) => `${actor}.${step}`)).toEqual(['0.1', '1.0']);
    expect(released).toBe(false);
  });
});

describe('a call that is spawned', () => {
  const spawn = (as: string, spawned: Step, more: object = {}): Step =>
    ({ do: 'spawn', as, call: spawned, ...more }) as Step;
  const join = (spawned: string): Step => ({ do: 'join', spawned });

  it('outlives its section, and is recorded as that of its section', async () => {
    const streams = storeOf((id) => ({ id }));
    const late = spawn('late', call('streams.get', ['a']), { whenOver: true });
    const { records } = await runLocal(plainLock({ streams }), [[enter(), late, leave, join('late')]]);
    expect(told(records)).toEqual(['0.0 ok', '0.1 ok', '0.2 ok', '0.3 ok']);
    const [entered, , left, joined] = records;
    expect(joined).toMatchObject({
      section: entered?.section,
      outcome: { status: 'ok', value: { id: 'a' } },
    });
    expect(joined!.call).toBeGreaterThan(left!.return);
  });

  it('is not waited for', async () => {
    let answer = (): void => {};
    const streams = storeOf(
      () =>
        new Promise<void>((resolve) => {
          answer = resolve;
        }),
      { put: () => answer() },
    );
    const { records } = await runLocal(plainLock({ streams }), [
      [spawn('read', call('streams.get', ['a'])), call('streams.put', [{}]), join('read')],
    ]);
    expect(told(records)).toEqual(['0.0 ok', '0.1 ok', '0.2 ok']);
    expect(records[2]!.call).toBeLessThan(records[1]!.call);
    expect(records[2]!.return).toBeGreaterThanOrEqual(records[1]!.call);
  });

  it('goes on in the context of the section that it was made in', async () => {
    const holder = new AsyncLocalStorage<string>();
    const streams = storeOf(() => holder.getStore());
    const adapter = adapterOf(async (id, callback) => holder.run(id, () => callback(viewOf({ streams }))), {
      streams,
    });
    const late = spawn('late', call('streams.get', ['x'], { via: 'instance' }), { whenOver: true });
    const { records } = await runLocal(adapter, [[enter('a'), late, leave, join('late')]]);
    expect(records[3]?.outcome).toEqual({ status: 'ok', value: 'a' });
  });

  it('may be a whole section, of which several begin at the same time', async () => {
    const asked: string[] = [];
    let meet = (): void => {};
    const met = new Promise<void>((resolve) => {
      meet = resolve;
    });
    const adapter = adapterOf(async (id, callback) => {
      const own = storeOf((name) => asked.push(`${name} in ${id}`));
      if (id === 'b') meet();
      if (id === 'a') await met;
      return callback(viewOf({ streams: own }));
    });
    const inner = (stream: string, more: object = {}): Step =>
      ({ do: 'section', stream, steps: [call('streams.get', ['x'])], ...more }) as Step;
    const { records } = await runLocal(adapter, [
      [
        enter('outer'),
        ...['a', 'b'].map((id) => spawn(id, inner(id, id === 'b' ? { throws: 'enough' } : {}))),
        ...['a', 'b'].map(join),
        leave,
      ],
    ]);
    expect(told(records)).toEqual(['0.0 ok', '0.1 ok', '0.2 ok', '0.3 ok', '0.4 error', '0.5 ok']);
    expect(records[4]?.outcome).toMatchObject({ error: { message: 'enough' } });
    expect(asked).toEqual(['x in b', 'x in a']);
  });

  it('fails for itself alone, and there may be none', async () => {
    const streams = storeOf(() => Promise.reject(new StorageError('CLOSED', 'over')));
    const { records } = await runLocal(plainLock({ streams }), [
      [enter(), spawn('late', call('streams.get', ['a'])), join('late'), join('late'), leave],
    ]);
    expect(told(records)).toEqual(['0.0 ok', '0.1 ok', '0.2 error', '0.3 skipped', '0.4 ok']);
    expect(records[2]?.outcome).toMatchObject({ error: { code: 'CLOSED' } });
  });
});
