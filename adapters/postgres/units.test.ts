import { setImmediate as turns } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { StorageError } from '../contract/index.ts';
import { isFatal, translate, type Phase } from './errors.ts';
import { parse, stringify } from './sql/json.ts';
import { resolveOptions } from './options.ts';
import { Queues } from './connection/queue.ts';
import { startSweeper } from './sweeper.ts';
import { codeOfRejection, gate } from './testing/server.ts';
import type { Wait } from './connection/wait.ts';

/** As pg reports what the server said. */
function serverError(code: string): Error {
  return Object.assign(new Error('said'), { code, severity: 'ERROR' });
}

describe('errors', () => {
  it('of a lost connection say what it means for the caller', () => {
    const codes = (error: unknown): unknown[] =>
      (['read', 'lock', 'section', 'write', 'commit'] as Phase[]).map(
        (phase) => translate(error, phase).code,
      );
    const expected = ['UNAVAILABLE', 'UNAVAILABLE', 'LOCK_LOST', 'OUTCOME_UNKNOWN', 'OUTCOME_UNKNOWN'];
    // EPIPE has as many letters as an SQLSTATE.
    for (const code of ['EPIPE', 'ECONNRESET'])
      expect(codes(Object.assign(new Error(code), { code }))).toEqual(expected);
    expect(codes(new Error('Query read timeout'))).toEqual(expected);
    for (const state of ['57P01', '08006', '25P03']) expect(codes(serverError(state))).toEqual(expected);
  });

  it('of the server keep their cause and have a code of the contract', () => {
    const codes = { '55P03': 'LOCK_TIMEOUT', '40P01': 'UNAVAILABLE', '40001': 'UNAVAILABLE' };
    for (const [state, code] of Object.entries(codes)) {
      const error = serverError(state);
      expect(translate(error, 'lock')).toMatchObject({ code, cause: error });
      expect(isFatal(error)).toBe(false);
    }
    expect(translate(serverError('55P03'), 'section').code).toBe('UNAVAILABLE');
    expect(translate(serverError('23514'), 'section').code).toBe('INVALID_RECORD');
    const own = new StorageError('CONFLICT', 'mine');
    expect(translate(own, 'commit')).toBe(own);
  });
});

describe('JSON', () => {
  it('comes back as it was', () => {
    const values = [
      null,
      true,
      -0,
      1e300,
      5e-324,
      'a"\\\u2028\u{1F600}',
      [[], {}],
      { '': [-0], ['__proto__']: 1 },
    ];
    for (const value of values) expect(parse(stringify(value))).toStrictEqual(value);
    expect(stringify({ b: 1, a: [-0] })).toBe('{"b":1,"a":[-0]}');
  });
});

describe('options', () => {
  const given = { connectionString: 'postgresql://u:secret@h/d', schema: 's' };

  it('are resolved once', () => {
    const defaults = { max: 8, preparedStatements: true, lock: 'advisory', leaseMs: 3_000 };
    expect(resolveOptions(given)).toMatchObject({ ...given, ...defaults });
    expect(resolveOptions({ ...given, lock: 'lease', leaseMs: 500 }).leaseMs).toBe(500);
  });

  it('are refused when a bound comes in the wrong order or is unknown, without showing a password', () => {
    const wrong = [
      { ...given, lockTimeoutMs: 15_000 },
      { ...given, queryTimeoutMs: 15_000 },
      { ...given, max: 0 },
      { ...given, schema: 'a:b' },
      { ...given, schema: 'x'.repeat(64) },
      { ...given, connectionString: 'mysql://u:secret@h/d' },
      { ...given, poolSize: 3 },
      { ...given, leaseMs: 500 },
      { ...given, lock: 'lease' as const, leaseMs: 20 },
    ];
    for (const options of wrong) {
      expect(() => resolveOptions(options)).toThrow(TypeError);
      expect(() => resolveOptions(options)).not.toThrow(/secret/);
    }
  });
});

describe('queues', () => {
  const wait = (ms: number, signal?: AbortSignal): Wait => ({
    deadline: performance.now() + ms,
    timedOut: () => new StorageError('LOCK_TIMEOUT', 'late'),
    signals: signal === undefined ? [] : [{ signal, error: () => new StorageError('ABORTED', 'aborted') }],
  });

  it('let in as many as they have places, in order', async () => {
    const queues = new Queues(2);
    const order: number[] = [];
    const first = await queues.enter('q', wait(5000));
    const second = await queues.enter('q', wait(5000));
    const later = [1, 2, 3].map(async (number) => {
      const leave = await queues.enter('q', wait(5000));
      order.push(number);
      leave();
      leave();
    });
    await queues.enter('other', wait(5000));
    expect(order).toEqual([]);
    first();
    second();
    await Promise.all(later);
    expect(order).toEqual([1, 2, 3]);
  });

  it('let one more go ahead in few of them, and nobody overtake who waits', async () => {
    const queues = new Queues(1, 1);
    const inside: string[] = [];
    const enter = async (queue: string, name: string): Promise<() => void> => {
      const leave = await queues.enter(queue, wait(5000));
      inside.push(name);
      return leave;
    };
    const holder = await enter('q', 'holder');
    const ahead = await enter('q', 'ahead');
    const other = await enter('other', 'other');
    const waiting = [enter('q', 'third'), enter('other', 'behind other'), enter('q', 'fourth')];
    await turns();
    expect(inside).toEqual(['holder', 'ahead', 'other']);
    ahead();
    await turns();
    expect(inside.slice(3)).toEqual(['third']);
    holder();
    (await waiting[0])?.();
    other();
    await turns();
    expect(inside.slice(4).toSorted()).toEqual(['behind other', 'fourth']);
  });

  it('forget who stopped waiting', async () => {
    const queues = new Queues(1);
    const leave = await queues.enter('q', wait(5000));
    const abort = new AbortController();
    const waiting = [queues.enter('q', wait(10)), queues.enter('q', wait(5000, abort.signal))].map(
      codeOfRejection,
    );
    const last = queues.enter('q', wait(5000));
    abort.abort();
    expect(await Promise.all(waiting)).toEqual(['LOCK_TIMEOUT', 'ABORTED']);
    leave();
    (await last)();
    (await queues.enter('q', wait(10)))();
  });
});

describe('the sweeper', () => {
  it('sweeps until it finds no more, survives failures, and stops', async () => {
    const errors: unknown[] = [];
    const found = [3, 1, new Error('down'), 0];
    const swept = gate();
    const sweeper = startSweeper({
      store: {
        deleteExpired: () => {
          const next = found.shift() ?? 0;
          if (found.length === 0) swept.open();
          if (next instanceof Error) throw next;
          return next;
        },
      },
      intervalMs: 1,
      batch: 3,
      onError: (error) => errors.push(error),
    });
    await swept.opened;
    await sweeper.stop();
    await sweeper.stop();
    expect(errors).toHaveLength(1);
  });
});
