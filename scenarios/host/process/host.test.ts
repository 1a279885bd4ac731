import { afterAll, describe, expect, it } from 'vitest';
import { CONTRACT_VERSION } from '../../../adapters/contract/index.ts';
import { compiledEntry, spawnChild } from '../../process/index.ts';
import { decode, encode } from '../language/codec.ts';
import { startHost, type Host, type HostOptions } from './host.ts';
import type { ProgramHistory } from '../language/history.ts';
import type { Step } from '../language/program.ts';
import { runActs, runProgram } from '../running/run.ts';
import type { Act } from '../running/stage.ts';
import { eventually, liveChildren } from '../testing/children.ts';
import { CHAIN_LOCK, MISBEHAVING } from '../testing/targets.ts';
import type { TargetReference } from './commands.ts';

/** Hosts that served a test, for the next one if they are still good. */
const hosts = new Map<string, Host>();

afterAll(async () => {
  for (const host of hosts.values()) await host.close();
  expect(await eventually(() => liveChildren() === 0)).toBe(true);
});

async function hostOf(target: TargetReference, options: HostOptions = {}): Promise<Host> {
  const key = options.inProcess === true ? 'in-process' : 'child';
  const known = hosts.get(key);
  const host = known?.alive === true ? known : await startHost({ process: 1, ...options });
  hosts.set(key, host);
  await host.load(target);
  return host;
}

const get = (id: string): Step => ({ do: 'call', via: 'instance', method: 'streams.get', args: [id] });

async function runOn(host: Host, ...actors: Step[][]): Promise<ProgramHistory> {
  const opened = await host.open({ connection: null, namespace: 'n', instance: 1 });
  const history = await runProgram(
    [opened],
    { patienceMs: 300, actors: actors.map((steps) => ({ instance: 0, steps })) },
    { mode: 'scheduled', choices: [], blockMs: 20 },
  );
  if (host.alive) await host.closeInstance(opened.id);
  return history;
}

describe.each([{ inProcess: false }, { inProcess: true }])('a host, %o', (options) => {
  it('opens instances and runs programs', async () => {
    const host = await hostOf(CHAIN_LOCK, options);
    const opened = await host.open({
      connection: null,
      namespace: 'n1',
      instance: 1,
      clock: { fixedMs: 1_000_000 },
    });
    expect(opened).toMatchObject({ namespace: 'n1', surfaces: ['locks', 'streams'] });
    const create: Step = { do: 'call', via: 'instance', method: 'streams.create', args: [{ id: 's' }] };
    const read: Step = { do: 'call', via: 'view', method: 'streams.get', args: ['s'], save: 'x' };
    const put = (add: object): Step => ({
      do: 'call',
      via: 'view',
      method: 'streams.put',
      args: [{ $saved: 'x', add }],
    });
    const enter: Step = { do: 'enter', stream: 's' };
    const advance: Step = { do: 'advance', ms: 1000 };
    await runProgram(
      [opened],
      { patienceMs: 1000, actors: [{ instance: 0, steps: [create, get('s')] }] },
      { mode: 'free' },
    );
    const add: Step[] = [enter, read, put({ revision: 1 }), { do: 'leave' }, advance];
    const actors = [add, add, add].map((steps) => ({ instance: 0, steps }));
    const { records, lost, stuck } = await runProgram(
      [opened],
      { patienceMs: 1000, actors },
      { mode: 'scheduled', choices: [0, 1, 2, 0, 1, 2], blockMs: 20 },
    );
    expect({ lost, stuck }).toEqual({ lost: [], stuck: [] });
    expect(host.takeBeside()).toEqual({ strays: [], leaks: [] });
    expect(records).toHaveLength(15);
    expect(new Set(records.map(({ process }) => process))).toEqual(new Set([1]));
    expect(await host.closeInstance(opened.id)).toEqual({ status: 'closed' });
    await host.destroy(null, 'n1');
  });

  it('says how start, open, close and stop went', async () => {
    const host = await hostOf(MISBEHAVING, options);
    const at = { connection: null, instance: 1 };
    await expect(host.start({ pg: 'refused' })).rejects.toMatchObject({
      details: { stage: 'start', kind: 'threw', caught: { message: 'connection refused' } },
    });
    expect(await host.start({ pg: 'here' })).toEqual({
      connection: { at: 'here' },
      environment: null,
      notes: [],
    });
    await expect(host.request('stop', null)).rejects.toMatchObject({
      details: { stage: 'stop', kind: 'threw' },
    });
    await expect(host.open({ ...at, namespace: 'cannot_open' })).rejects.toMatchObject({
      details: { stage: 'open', kind: 'threw' },
    });
    await expect(host.open({ ...at, namespace: 'no_adapter' })).rejects.toMatchObject({
      details: { stage: 'open', kind: 'invalid-answer', problems: { length: 7 } },
    });
    const { id } = await host.open({ ...at, namespace: 'close_fails' });
    expect(await host.closeInstance(id)).toMatchObject({
      status: 'error',
      error: { message: 'cannot close' },
    });
  });

  it("runs the author's codec, and lockstep's where there is none", async () => {
    const host = await hostOf(MISBEHAVING, options);
    const results = await host.codec([
      { function: 'encodeCursor', args: ['a'] },
      { function: 'encodeCursor', args: [''] },
      { function: 'decodeCursor', args: ['!'] },
      { function: 'idempotencyToken', args: ['scope', 'key'] },
    ]);
    expect(results).toMatchObject([
      { ok: true, value: 'own a' },
      { ok: false, error: { message: 'empty' } },
      { ok: false, error: { code: 'INVALID_CURSOR' } },
      { ok: true, value: 'scope:key' },
    ]);
  });
});

describe('the clock of the process', () => {
  const HOUR_MS = 3_600_000;
  const open = (host: Host, instance: number): ReturnType<Host['open']> =>
    host.open({ connection: null, namespace: 'n', instance });
  const hoursAhead = async (opened: Awaited<ReturnType<Host['open']>>, ...steps: Step[]): Promise<number> => {
    const actors = [{ instance: 0, steps: [...steps, get('the time')] }];
    const { records } = await runProgram([opened], { patienceMs: 300, actors }, { mode: 'free' });
    const outcome = records.at(-1)?.outcome;
    return ((outcome?.status === 'ok' ? (outcome.value as number) : NaN) - Date.now()) / HOUR_MS;
  };
  const advance = (hours: number): Step => ({ do: 'advance', ms: hours * HOUR_MS });

  it('moves with that of the one instance, until it is closed', async () => {
    const host = await hostOf(MISBEHAVING);
    const moved = await open(host, 1);
    expect(await hoursAhead(moved, advance(30))).toBeCloseTo(30);
    expect(await hoursAhead(moved, advance(-31))).toBeCloseTo(-1);
    await host.closeInstance(moved.id);
    const next = await open(host, 1);
    expect(await hoursAhead(next)).toBeCloseTo(0);
    await host.closeInstance(next.id);
  });

  it('does not move for one of several instances, nor where other things run', async () => {
    const host = await hostOf(MISBEHAVING);
    const both = [await open(host, 1), await open(host, 2)] as const;
    expect(await hoursAhead(both[0], advance(30))).toBeCloseTo(0);
    for (const { id } of both) await host.closeInstance(id);
    const here = await hostOf(MISBEHAVING, { inProcess: true });
    const opened = await open(here, 1);
    expect(await hoursAhead(opened, advance(30))).toBeCloseTo(0);
    await here.closeInstance(opened.id);
  });
});

describe('an adapter', () => {
  it.each([
    ['exit', 'exit'],
    ['kill', 'signal'],
    ['block', 'unresponsive'],
  ])('that does this loses its host: %s', async (misdeed, reason) => {
    const host = await hostOf(MISBEHAVING);
    const opened = await host.open({ connection: null, namespace: 'n', instance: 1 });
    const act = (...ids: string[]): Act => ({
      program: { patienceMs: 300, actors: [{ instance: 0, steps: ids.map(get) }] },
      schedule: { mode: 'scheduled', choices: [], blockMs: 20 },
    });
    const histories = await runActs([opened], [act('fine'), act('fine', misdeed), act('fine')]);
    const history = histories.at(-1) as ProgramHistory;
    // A killed process says nothing of how far it had come.
    if (misdeed !== 'kill') expect(histories).toHaveLength(2);
    expect(history.lost).toMatchObject([{ process: 1, reason }]);
    expect(host.alive).toBe(false);
    if (misdeed !== 'kill') expect(history.stuck).toMatchObject([{ actor: 0, step: 1, process: 1 }]);
    if (misdeed === 'exit') expect(history.records).toMatchObject([{ step: 0, outcome: { status: 'ok' } }]);
    const again = await runProgram(
      [{ host, id: 1, namespace: 'n', surfaces: [] }],
      { patienceMs: 1, actors: [{ instance: 0, steps: [get('x')] }] },
      { mode: 'free' },
    );
    expect(again.lost).toMatchObject([{ reason }]);
    await expect(host.codec([])).rejects.toMatchObject({ details: { reason } });
  });

  it('may flood its output, of which the end is kept', async () => {
    const host = await hostOf(MISBEHAVING);
    const { records } = await runOn(host, [get('flood'), get('exit')]);
    expect(records).toMatchObject([{ outcome: { status: 'ok' } }]);
  });

  it('may return garbage, throw text, and reject where nobody listens', async () => {
    const host = await hostOf(MISBEHAVING);
    const { lost, records } = await runOn(host, [
      get('a map'),
      get('a function'),
      get('a string'),
      get('a stray'),
      get('fine'),
    ]);
    expect(lost.map(({ reason }) => reason)).toEqual(['garbage', 'garbage']);
    expect(records.map(({ outcome }) => outcome.status)).toEqual(['error', 'error', 'error', 'ok', 'ok']);
    const { strays } = host.takeBeside();
    const seen = strays.map(({ kind, process, message }) => ({ kind, process, message }));
    expect(seen.toSorted((a, b) => a.message.localeCompare(b.message))).toEqual([
      { kind: 'unhandled rejection', process: 1, message: 'nobody waits for this' },
      { kind: 'uncaught exception', process: 1, message: 'thrown outside any call' },
    ]);
    expect(strays[0]?.stack).toContain('misbehaving');
    expect(host.alive).toBe(true);
  });

  it('may never answer: the step is stuck', async () => {
    const host = await hostOf(MISBEHAVING);
    const { stuck, records } = await runOn(host, [get('nothing yet')], [get('fine')]);
    expect(stuck).toMatchObject([{ actor: 0, step: 0, process: 1 }]);
    expect(records).toMatchObject([{ actor: 1 }]);
  });

  it('may leave a timer with every instance', async () => {
    const host = await hostOf(MISBEHAVING);
    for (let round = 0; round < 6; round += 1) {
      const { id } = await host.open({ connection: null, instance: 1, namespace: 'leaks_a_timer' });
      expect(await host.closeInstance(id)).toEqual({ status: 'closed' });
    }
    const leak = { process: 1, kind: 'Timeout', instances: 4, growth: 4 };
    expect(host.takeBeside()).toEqual({ strays: [], leaks: [leak] });
  });

  it('may never close', async () => {
    const host = await hostOf(MISBEHAVING);
    const at = { connection: null, instance: 1 };
    const hanging = await host.open({ ...at, namespace: 'never_closes' });
    expect(await host.closeInstance(hanging.id)).toEqual({ status: 'hung' });
  });
});

describe('a host process', () => {
  it('refuses a parent of another build', async () => {
    const lines: string[] = [];
    const child = spawnChild({
      entry: compiledEntry('scenarios/host/process/main'),
      listener: { line: (line) => lines.push(line), end: () => {} },
    });
    const hello = { contractVersion: CONTRACT_VERSION, buildId: 'another', process: 1 };
    child.channel.send(encode({ id: 1, command: 'hello', input: hello }));
    expect(await child.exited).toMatchObject({ code: 70 });
    expect(lines.map(decode)).toMatchObject([{ id: 1, refusal: expect.any(String) }]);
  });
});
