/** What this alone proves: `lockstep check` as a command: verdicts, exit statuses, what it prints, and what it says of files that are no histories. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_CAPABILITIES, type StreamRecord } from '../../adapters/contract/index.ts';
import { EVIDENCE_VERSION, type EvidenceHeader } from '../../scenarios/evidence.ts';
import { NO_POWER } from '../../scenarios/evidence/model/power.ts';
import { writeDescription } from '../../scenarios/evidence/description.ts';
import { endFor } from '../../scenarios/evidence/ending.ts';
import { describeFiles } from '../../scenarios/evidence/files.ts';
import { openJournal } from '../../scenarios/load/service/journal.ts';
import { checkHistory } from '../../suites/checker/checkHistory.ts';
import { loadHistory } from '../../suites/judging/histories.ts';
import { distUrl } from '../paths.ts';

const COMMAND = fileURLToPath(distUrl('scripts/lockstep.js'));
const HISTORIES = fileURLToPath(new URL('../../suites/checker/testing/histories/', import.meta.url));
const EXPECTED = JSON.parse(readFileSync(join(HISTORIES, 'expected.json'), 'utf8')) as Record<
  string,
  { readonly model: string; readonly verdict: string; readonly operations: number }
>;

describe('public histories', () => {
  it.each(Object.entries(EXPECTED))('%s', async (name, { model, verdict, operations }) => {
    const history = await loadHistory({ cwd: HISTORIES, name });
    const result = checkHistory(history, {
      timeoutMs: 60_000,
      explainMs: 0,
      memoryBytes: 2 ** 30,
      clock: () => performance.now(),
    });
    expect(result).toMatchObject({ model: { name: model }, verdict, operations });
  });
});

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-check-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function check(...args: readonly string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, 'check', ...args], {
    cwd: dir,
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

function file(name: string, ...lines: readonly unknown[]): string {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  writeFileSync(join(dir, name), `${text}\n`);
  return name;
}

const HEADER = { format: 'lockstep-history', version: 1, model: 'register' };
const WRITE = { client: 0, key: 'r', f: 'write', args: { value: 1 }, call: 0, return: 1, outcome: 'ok' };
const READ = { ...WRITE, client: 1, f: 'read', args: {}, call: 2, return: 3, result: { value: 1 } };

const STREAM_HEADER = {
  format: 'lockstep-history',
  version: 1,
  model: 'stream-balance',
  initial: { status: 'active', revision: 0, totalAmount: '9', releasedAmount: '0', withdrawnAmount: '0' },
};
const settle = (token: string, call: number, revision: number, releasedAmount: string) => ({
  client: 0,
  key: 's',
  f: 'settle',
  args: { amount: '2', token },
  call,
  return: call + 1,
  outcome: 'ok',
  result: { status: 200, effect: true, revision, releasedAmount, operationId: `operation-${token}` },
});

describe('lockstep check', () => {
  it('ends with 0 for what is linearizable', () => {
    const { status, out } = check(file('ok.jsonl', HEADER, WRITE, READ));
    expect(out).toMatch(/^✓ ok\.jsonl {2}ok {2}register: 2 operations, 1 key, \d+ steps, decided in/);
    expect(status).toBe(0);
  });

  it('ends with 1 for what is not, and shows the smallest part that is not', () => {
    const lost = { ...READ, call: 4, return: 5, result: { value: null } };
    const { status, out } = check(file('bad.jsonl', HEADER, WRITE, READ, lost), 'ok.jsonl');
    expect(status).toBe(1);
    expect(out).toContain('No order of its 3 operations explains their answers, and these 2 are enough');
    expect(out).toMatch(/client 0 {2}├ write 1 ─*┤/);
    expect(out).toMatch(/client 1 .*├ read → null ─*┤/);
    expect(out).not.toContain('├ read → 1');
    expect(out).toContain('The longest order that works: write 1; then the register holds 1.');
    expect(out).toContain('read → null (client 1) cannot be next: it read null, and the register holds 1.');
  });

  it('prints the same as JSON', () => {
    const { status, out } = check('bad.jsonl', '--json');
    expect(status).toBe(1);
    const core = { minimal: true, order: [{ label: 'write 1' }], state: 'the register holds 1' };
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      files: [
        { file: 'bad.jsonl', verdict: 'illegal', keys: 1, notOk: [{ key: 'r', verdict: 'illegal', core }] },
      ],
    });
  });

  it('ends with 3 for what is not decided in time or memory', () => {
    const hard = join(HISTORIES, 'etcd-002.jsonl');
    const late = check(hard, '--timeout', '0.001');
    expect(late.out).toContain('unknown: the time was up');
    expect(late.status).toBe(3);
    const large = check(hard, '--memory', '1');
    expect(large.out).toContain('unknown: the search needed more memory');
    expect(large.status).toBe(3);
  });

  it('checks streams by version order, with the attempts of a token as one operation', () => {
    const again = { ...settle('a', 6, 1, '2'), client: 1 };
    const unknown = { ...settle('b', 8, 2, '4'), return: null, outcome: 'unknown', result: undefined };
    const good = check(
      file('streams.jsonl', STREAM_HEADER, settle('a', 0, 1, '2'), again, unknown, settle('b', 20, 2, '4')),
    );
    expect(good).toMatchObject({ status: 0, err: '' });
    expect(good.out).toContain('stream-balance: 2 operations, 1 key, 0 steps');
    const bad = check(file('double.jsonl', STREAM_HEADER, settle('a', 0, 1, '2'), settle('b', 4, 1, '2')));
    expect(bad.status).toBe(1);
    expect(bad.out).toContain(
      'By version order: settle 2 → revision 1, released 2 (client 0) made revision 1',
    );
    expect(bad.out).toContain('Even if revisions are not compared');
  });
});

describe('--html', () => {
  const page = (name: string): string => readFileSync(join(dir, name), 'utf8');

  it('writes one page of all files, and changes neither the answer nor the status', () => {
    const { status, out, err } = check('bad.jsonl', 'ok.jsonl', '--html', 'page.html');
    expect(status).toBe(1);
    expect(out).toContain('✗ bad.jsonl  illegal');
    expect(err).toBe('Timeline: page.html\n');
    expect(page('page.html')).toContain('2 histories: 1 not linearizable, 1 linearizable');
    const again = check('ok.jsonl', '--json', '--html', 'page.html');
    expect(again.status).toBe(0);
    expect(JSON.parse(again.out)).toMatchObject({ files: [{ file: 'ok.jsonl', verdict: 'ok' }] });
    expect(page('page.html')).toContain('ok.jsonl is linearizable');
  });

  it('refuses what it must not or cannot write, before the work', () => {
    mkdirSync(join(dir, 'folder'), { recursive: true });
    const history = page('bad.jsonl');
    for (const [name, message] of [
      ['folder', 'expected a writable file, got a folder'],
      ['bad.jsonl', 'expected a new file or an earlier page, got another file'],
      ['nowhere/page.html', 'expected a writable file, got no such file or folder'],
    ] as const) {
      const { status, out, err } = check('ok.jsonl', '--html', name);
      expect(err).toContain(`--html ${name}: ${message}`);
      expect(out).toBe('');
      expect(status).toBe(2);
    }
    expect(page('bad.jsonl')).toBe(history);
    expect(check('nowhere.jsonl', '--html', 'new.html').status).toBe(2);
    expect(existsSync(join(dir, 'new.html'))).toBe(false);
  });
});

describe('what a load recorded', () => {
  const stream = {
    id: 's',
    status: 'active',
    revision: 4,
    totalAmount: '9',
    releasedAmount: '1',
    withdrawnAmount: '0',
  };
  const description: EvidenceHeader = {
    version: EVIDENCE_VERSION,
    target: { name: 't', version: '1' },
    surfaces: [],
    capabilities: { ...DEFAULT_CAPABILITIES, crossInstance: true, atomic: true },
    workload: 'balance',
    mix: 'uniform',
    seed: 1,
    services: 2,
    drivers: 2,
    seeded: [{ ...stream, createdAt: '2026-01-01T00:00:00.000Z' } as unknown as StreamRecord],
    seededExports: [],
    minimums: NO_POWER,
    environment: {},
    options: {},
    startedAt: '2026-01-01T00:00:00Z',
    loadFrom: 0,
    loadTo: 99,
    files: [],
  };
  /** Ends what a run has left, and describes it. */
  async function end(more: Partial<EvidenceHeader> = {}): Promise<void> {
    const folder = join(dir, 'run');
    for (const number of [1, 2]) {
      await endFor(join(folder, `history-${number}.jsonl`), 'SIGTERM');
      const journal = join(folder, `journal-${number}.jsonl`);
      if (!existsSync(journal)) openJournal(journal, number, () => 0).close();
    }
    writeDescription(folder, { ...description, files: await describeFiles(folder), ...more });
  }
  const header = { ...STREAM_HEADER, initial: undefined };

  it('is checked as a whole, from the streams as they were seeded', async () => {
    mkdirSync(join(dir, 'run'));
    file('run/history-1.jsonl', header, settle('a', 0, 5, '3'));
    file('run/history-2.jsonl', header, settle('b', 9, 6, '5'), {
      ...settle('c', 20, 1, '1'),
      key: 'elsewhere',
    });
    await end();
    const whole = check('run');
    expect(whole).toMatchObject({ status: 0, err: '' });
    expect(whole.out).toContain('2 operations, 1 key, 0 steps');
    expect(whole.out).toContain('1 line without an observation');
    file('run/history-2.jsonl', header, settle('b', 9, 5, '3'));
    await end();
    expect(check('run').status).toBe(1);
  });

  it('is not judged when it was cut off, and refused when it was changed', () => {
    const whole = readFileSync(join(dir, 'run/history-1.jsonl'), 'utf8');
    file('run/history-1.jsonl', ...whole.split('\n').slice(0, -2));
    const cut = 'history-1.jsonl is cut off: it lacks the end record that was written after 2 lines';
    expect(check('run')).toMatchObject({ status: 3, err: expect.stringContaining(cut) as string });
    writeFileSync(join(dir, 'run/history-1.jsonl'), whole.replace('"call":0', '"call":1'));
    const changed = 'are not those that were written';
    expect(check('run')).toMatchObject({ status: 2, err: expect.stringContaining(changed) as string });
    writeFileSync(join(dir, 'run/history-1.jsonl'), whole);
  });

  it('is refused in part, or when requests may be missing', async () => {
    const part = check('run/history-2.jsonl');
    expect(part.err).toContain('Check the whole load: lockstep check');
    expect(part.status).toBe(2);
    await end({ interrupted: 'by SIGINT' });
    expect(check('run')).toMatchObject({ status: 2, err: expect.stringContaining('ended early') as string });
    expect(check('.')).toMatchObject({
      status: 2,
      err: expect.stringContaining('no evidence.json') as string,
    });
  });
});

describe('what is no history', () => {
  it.each([
    ['a header that is none', [{ format: 'other' }], 'x.jsonl:1: Expected "format" to be "lockstep-history"'],
    ['another version', [{ ...HEADER, version: 2 }], 'x.jsonl:1: Expected "version" to be 1, got 2'],
    [
      'an unknown model',
      [{ ...HEADER, model: 'queue' }],
      'x.jsonl:1: Expected "model" to be one of register, kv',
    ],
    ['no model', [{ ...HEADER, model: undefined }], 'names no model. Name one with --model'],
    ['no JSON', [HEADER, WRITE, '{"client":'], 'x.jsonl:3: Expected JSON, got'],
    ['no operation', [HEADER, [1]], 'x.jsonl:2: Expected an operation as a JSON object, got [1]'],
    [
      'a strange function',
      [HEADER, { ...WRITE, f: 'pop' }],
      'x.jsonl:2: Expected "f" to be "read", "write" or "cas"',
    ],
    [
      'a return before its call',
      [HEADER, { ...WRITE, call: 5 }],
      '"return" not to be before "call", which is 5, got 1',
    ],
    [
      'ok without an answer',
      [HEADER, { ...READ, result: undefined }],
      'Expected "result" to be an object, got nothing',
    ],
    ['ok that never returned', [HEADER, { ...WRITE, return: null }], 'for its outcome is "ok", got null'],
    ['a key that is no string', [HEADER, { ...WRITE, key: 7 }], 'Expected "key" to be a string, got 7'],
    ['streams from nowhere', [{ ...STREAM_HEADER, initial: undefined }], 'expected "initial" in the header'],
    [
      'an amount that is none',
      [STREAM_HEADER, { ...settle('a', 0, 1, '2'), args: { amount: '-1' } }],
      '"args.amount"',
    ],
    [
      'an effect or not',
      [STREAM_HEADER, { ...settle('a', 0, 1, '2'), result: { status: 200 } }],
      '"result.effect"',
    ],
  ])('%s', (_, lines, message) => {
    const { status, err, out } = check(file('x.jsonl', ...lines));
    expect(err).toContain(message);
    expect(out).toBe('');
    expect(status).toBe(2);
  });

  it('an empty file, a missing one, a wrong model, a wrong option', () => {
    writeFileSync(join(dir, 'empty.jsonl'), '');
    expect(check('empty.jsonl')).toMatchObject({
      status: 2,
      err: expect.stringContaining('got an empty file') as string,
    });
    expect(check('nowhere.jsonl')).toMatchObject({
      status: 2,
      err: expect.stringContaining('can be read') as string,
    });
    file('ok.jsonl', HEADER, WRITE, READ);
    const other = check('ok.jsonl', '--model', 'kv');
    expect(other).toMatchObject({
      status: 2,
      err: expect.stringContaining('but the header says register') as string,
    });
    for (const args of [['--timeout', '0'], ['--memory', 'much'], ['--model', 'queue'], []])
      expect(check(...(args.length === 0 ? [] : ['ok.jsonl', ...args])).status).toBe(2);
  });
});
