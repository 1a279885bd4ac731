import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../../contract/index.ts';
import { lockOf, stream, streamsOf } from '../testing/streams.ts';
import type { MoveOperator, OperatorOptions } from './options.ts';
import type { StepName } from '../../contract/migration/moveSteps.ts';
import { TestMove } from './testing/fleet.ts';

/** Takes every step that is left up to `last`. */
async function walk(operator: MoveOperator, last: StepName): Promise<void> {
  for (;;) {
    const { next, lastDone } = await operator.status();
    if (next === undefined || lastDone === last) return;
    const { outcome, gates, found } = await operator.step(next);
    const short = gates.filter(({ passed }) => !passed);
    expect({ step: next, outcome, short, found }).toEqual({
      step: next,
      outcome: 'done',
      short: [],
      found: [],
    });
  }
}

/** What can be read of the streams of a side. */
async function streamsIn(side: Parameters<typeof streamsOf>[0]): Promise<readonly unknown[]> {
  return (await streamsOf(side).scan({ limit: 1000 })).items;
}

it('takes a move from its first step to its last one, while the application writes', async () => {
  await using move = new TestMove();
  await move.fill(30);
  const [first, second] = await move.fleet(2);
  const end = new AbortController();
  let written = 0;
  // The source changes while it is read.
  const writing = (async () => {
    while (!end.signal.aborted) {
      written += 1;
      await lockOf(first!).withLock('s1', async (view) => {
        await view.streams?.put({ ...(await view.streams.get('s1'))!, revision: written });
      });
      await streamsOf(second!).create(stream(`new-${written}`));
      if (written % 3 === 0) await streamsOf(second!).delete(`new-${written}`);
      await sleep(5);
    }
  })();
  const progress: string[] = [];
  const operator = move.operator({
    instances: 3,
    despiteLifetimes: true,
    onProgress: ({ step, done, total, perSecond }) =>
      void progress.push(
        `${step} ${done}${total === undefined ? '' : `/${total}`}${perSecond === undefined ? '' : ' at a rate'}`,
      ),
  });
  try {
    await walk(operator, 'hand-over');
    await sleep(100);
  } finally {
    end.abort();
    await writing;
  }
  expect((await streamsOf(second!).get('s1'))?.revision).toBe(written);
  expect(await streamsIn(move.side('new'))).toHaveLength(30 + written - Math.floor(written / 3));
  await expect.poll(() => streamsIn(move.side('old'))).toEqual(await streamsIn(move.side('new')));
  expect(progress).toContain('reads 50/100');
  expect(progress.some((line) => /^backfill [1-9]\d* at a rate$/.test(line))).toBe(true);

  expect(await operator.finish()).toMatchObject({ outcome: 'done' });
  expect(await operator.status()).toMatchObject({ lastDone: 'finish', next: undefined, undoable: undefined });
  await expect(operator.rollback()).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringMatching(/is not finished/),
  });
  // An instance of the version before that still runs there.
  await expect(streamsOf(move.side('old')).create(stream('late'))).rejects.toMatchObject({ code: 'FENCED' });
});

it('rolls back one step after the other, and goes the way again', async () => {
  await using move = new TestMove();
  await move.fill(5);
  const [instance] = await move.fleet(1);
  const operator = move.operator({ instances: 2 });
  await walk(operator, 'hand-over');
  await streamsOf(instance!).put(stream('s1', { revision: 7 }));
  await streamsOf(instance!).create(stream('of-the-new-side'));

  const undone: unknown[] = [];
  for (const step of ['hand-over', 'reads', 'dual', 'bridged']) {
    const { undone: taken, outcome } = await operator.rollback();
    expect([taken.map((one) => one.step), outcome]).toEqual([[step], 'done']);
    const { lastDone } = await operator.status();
    undone.push(lastDone);
    expect((await streamsOf(move.side('old')).get('s1'))?.revision).toBe(7);
    expect(await streamsOf(instance!).get('of-the-new-side')).toBeDefined();
  }
  // The comparison was made before the authority moved, and what was copied counts for as long as writes are copied.
  expect(undone).toEqual(['reads', 'backfill', 'bridged', 'begin']);
  expect(await operator.rollback()).toEqual({ undone: [], outcome: 'unneeded' });

  // Nothing is copied now: the new side keeps what is deleted, and the next backfill removes it.
  await streamsOf(instance!).delete('s2');
  await walk(operator, 'hand-over');
  expect(await streamsOf(instance!).get('s2')).toBeUndefined();
  expect(await streamsIn(move.side('new'))).toEqual(await streamsIn(move.side('old')));
  // Everything after one step, at once.
  expect((await operator.rollback('begin')).undone.map(({ step }) => step)).toEqual([
    'hand-over',
    'reads',
    'dual',
    'bridged',
  ]);
});

describe('what cannot be done is refused with one message, and changes nothing', () => {
  interface Case {
    readonly name: string;
    readonly step: StepName;
    /** What is there before; the operator that is asked. */
    readonly given: (move: TestMove, options: OperatorOptions) => Promise<MoveOperator>;
    readonly gate: string;
    readonly says: RegExp;
  }
  const plain = { instances: 1 };
  const cases: readonly Case[] = [
    {
      name: 'finish, right at the start',
      step: 'finish',
      given: async (move) => move.operator(plain),
      gate: 'order',
      says: /the last step done is none, required is hand-over/,
    },
    {
      name: 'a target that is its own source',
      step: 'schema',
      given: async (move) => move.operator(plain, move.open({ new: move.side('old') })),
      gate: 'empty',
      says: /both are one storage/,
    },
    {
      name: 'a new side with data of somebody else',
      step: 'schema',
      given: async (move) => {
        await streamsOf(move.side('new')).create(stream('precious'));
        return move.operator(plain);
      },
      gate: 'empty',
      says: /not empty, and nothing there is of this move: streams "precious"/,
    },
    {
      name: 'a new side with answers of somebody else alone',
      step: 'schema',
      given: async (move) => {
        const record = { fingerprint: 'a'.repeat(64), status: 200, body: '' };
        await move.side('new').idempotencyStore?.insert({ ...record, token: 'zebra:k1' });
        await move.side('new').idempotencyStore?.insert({ ...record, token: 'migration:backfill' });
        return move.operator(plain);
      },
      gate: 'empty',
      says: /idempotency "zebra:k1"/,
    },
    {
      name: 'a new side of another move',
      step: 'schema',
      given: async (move) => {
        await using other = new TestMove();
        await walk(other.operator(plain, other.open({ new: move.side('new') })), 'schema');
        return move.operator(plain, move.open({ new: move.side('new') }));
      },
      gate: 'empty',
      says: /belongs to another move/,
    },
    {
      name: 'the sides the wrong way round',
      step: 'schema',
      given: async (move) => {
        await walk(move.operator(plain), 'schema');
        return move.operator(plain, move.open({ old: move.side('new'), new: move.side('old') }));
      },
      gate: 'empty',
      says: /they are named the wrong way round/,
    },
    {
      name: 'an application that is not there',
      step: 'bridged',
      given: async (move, options) => {
        await walk(move.operator(plain), 'begin');
        return move.operator({ ...options, instances: 3, waitMs: 0 });
      },
      gate: 'fleet',
      says: /[01] registered, 3 expected/,
    },
  ];

  it.each(cases)('$name', async ({ step, given, gate, says }) => {
    await using move = new TestMove();
    const operator = await given(move, {});
    const before = await operator.status();
    const { outcome, gates } = await operator.step(step);
    const short = gates.filter(({ passed }) => !passed);
    expect(outcome).toBe('refused');
    expect(short).toEqual([expect.objectContaining({ name: gate, says: expect.stringMatching(says) })]);
    expect(short[0]?.todo).toMatch(/\.$/);
    const { lastDone, facts } = await operator.status();
    expect(lastDone).toBe(before.lastDone);
    expect([facts.old.mark, facts.new.mark]).toEqual([before.facts.old.mark, before.facts.new.mark]);
  });

  it('a step that there is not', async () => {
    await using move = new TestMove();
    const operator = move.operator();
    for (const wrong of ['jump', '', 'toString', undefined])
      await expect(operator.step(wrong as StepName)).rejects.toMatchObject({
        code: 'INVALID_RECORD',
        message: expect.stringMatching(/^Expected a step, one of schema, begin,/),
      });
    expect(await operator.status()).toMatchObject({ lastDone: undefined });
  });

  it('a second operator, which is told who is at work and since when', async () => {
    await using move = new TestMove();
    await move.fill(3);
    const adapter = move.open();
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const migration = {
      ...adapter.migration,
      backfill: async (limit: number) => {
        await held;
        return adapter.migration.backfill(limit);
      },
    };
    const first = move.operator({ owner: 'Ada at the console' }, { ...adapter, migration });
    await walk(first, 'dual');
    const second = move.operator({ owner: 'Bob' });
    const running = first.step('backfill');
    await expect
      .poll(async () => (await second.status()).facts.status.operator?.owner)
      .toBe('Ada at the console');
    for (const call of [() => second.step('backfill'), () => second.rollback(), () => second.finish()])
      await expect(call()).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringMatching(/"Ada at the console" is at work since 20/),
      });
    await expect(first.step('compare')).rejects.toMatchObject({ code: 'CONFLICT' });
    goOn();
    expect(await running).toMatchObject({ outcome: 'done' });
    expect(await second.step('compare')).toMatchObject({ outcome: 'done' });
  });
});

describe('what was interrupted goes on', () => {
  it('in the middle of the backfill', async () => {
    await using move = new TestMove();
    await move.fill(20);
    const stop = new AbortController();
    const interrupted = move.operator({
      batch: 4,
      signal: stop.signal,
      onProgress: ({ step, done }) => step === 'backfill' && done > 8 && stop.abort(),
    });
    await walk(interrupted, 'dual');
    const stopped = await interrupted.step('backfill');
    expect(stopped.outcome).toBe('stopped');
    expect(stopped.figures['examined']).toBeLessThan(20);
    const next = move.operator();
    expect(await next.status()).toMatchObject({ lastDone: 'dual', next: 'backfill' });
    const { outcome, figures } = await next.step('backfill');
    expect(outcome).toBe('done');
    // It went on where the first one had stopped.
    expect(figures['examined']! + stopped.figures['examined']!).toBeLessThan(50);
    await walk(next, 'rehearse');
  });

  it('in the middle of a hand over, by an operator who died', async () => {
    await using move = new TestMove();
    await move.fill(3);
    await walk(move.operator(), 'reads');
    const old = move.side('old');
    const state = await old.authority!.get();
    await old.authority!.set(state, { epoch: state.epoch + 1, decides: false, admitsUnmarked: false }, 100);
    expect(await codeOfRejection(streamsOf(old).create(stream('nobody-decides')))).toBe('FENCED');
    const next = move.operator();
    const { outcome, found } = await next.step('hand-over');
    expect(outcome).toBe('done');
    expect(found).toEqual([expect.stringMatching(/a hand over was interrupted.*the old side decides again/)]);
  });
});

async function codeOfRejection(action: unknown): Promise<string | undefined> {
  return Promise.resolve(action).then(
    () => undefined,
    (error: unknown) => codeOf(error),
  );
}
