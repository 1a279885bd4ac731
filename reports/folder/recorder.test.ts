import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { levelOf } from '../../suites/level.ts';
import { parseRunResult, renderJson } from '../renderers/json.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { loadRunResult } from '../load.ts';
import { EVIDENCE_FOLDER, openRunFolder, requireApart, RESULT_FILE } from './runFolder.ts';
import type { RunResult } from '../model.ts';
import { mainJob, MEMORY, okLoad } from '../testing/fixtures.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-recorder-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function start(now = 1_000_000): { recorder: Recorder; advance: (ms: number) => void } {
  let time = now;
  const recorder = createRecorder({
    dir,
    command: 'certify',
    repeat: 'lockstep certify memory --seed 7',
    seed: 7,
    lockstepVersion: '0.1.0',
    clock: () => time,
  });
  return { recorder, advance: (ms) => void (time += ms) };
}

function onDisk(): RunResult {
  return parseRunResult(readFileSync(join(dir, RESULT_FILE), 'utf8'));
}

const CLAUSES = mainJob().certifications[0]?.clauses ?? [];
const CERTIFICATION = {
  target: MEMORY,
  contentHash: null,
  suites: { buildId: '0123456789abcdef', proof: null },
  requestedLevel: 'process',
  strict: false,
  runs: 100,
  budgetMs: 60_000,
  processes: 1,
  inProcess: false,
} as const;

describe('the recorder', () => {
  it('leaves a readable partial result from the first moment', () => {
    start();
    expect(onDisk()).toMatchObject({ partial: true, exitStatus: 3, seed: 7, certifications: [], loads: [] });
    expect(onDisk().finishedAt).toBeUndefined();
    expect(readdirSync(dir)).toEqual([RESULT_FILE]);
  });

  it('collects clauses in the order of the contract, whatever order they came in', () => {
    const { recorder, advance } = start();
    const certification = recorder.startCertification(CERTIFICATION);
    for (const clause of [...CLAUSES].reverse()) certification.addClause(clause);
    advance(5000);
    expect(recorder.result.certifications[0]).toMatchObject({
      partial: true,
      level: null,
      verdict: 'inconclusive',
    });
    // Whoever hands over more than this, as an outcome of a suite is more, does not make the result unreadable.
    const outcome = { ...levelOf(CLAUSES, CERTIFICATION), durationMs: 4000, subject: MEMORY } as const;
    const done = certification.finish(outcome);
    recorder.finish(0);
    expect(done.partial).toBeUndefined();
    expect(onDisk()).toEqual(recorder.result);
    expect(onDisk()).toMatchObject({ partial: false, exitStatus: 0, finishedAt: '1970-01-01T00:16:45.000Z' });
    expect(onDisk().certifications[0]?.clauses).toEqual(CLAUSES);
  });

  it('calls a certification violated as soon as one clause is', () => {
    const { recorder } = start();
    const certification = recorder.startCertification(CERTIFICATION);
    const [first, second] = CLAUSES;
    if (first === undefined || second === undefined) throw new Error('no clauses');
    certification.addClause({ ...first, status: 'violated' });
    certification.addClause(second);
    expect(recorder.interrupt(1).certifications[0]).toMatchObject({ partial: true, verdict: 'violated' });
    expect(onDisk()).toMatchObject({ partial: true, exitStatus: 1 });
  });

  it('counts a certification beside its baseline from the first clause on', () => {
    const { recorder } = start();
    const [first, second] = CLAUSES;
    if (first === undefined || second === undefined) throw new Error('no clauses');
    const entries = [{ clause: first.clause, reason: 'issue 12' }];
    const certification = recorder.startCertification(CERTIFICATION, entries);
    certification.addClause({ ...first, status: 'violated' });
    certification.addClause(second);
    // Nothing is ok before the end.
    expect(recorder.result.certifications[0]).toMatchObject({
      verdict: 'violated',
      baseline: { entries, known: [first.clause], stale: [], verdict: 'inconclusive' },
    });
    const done = certification.finish({ ...levelOf([second], CERTIFICATION), durationMs: 1 });
    recorder.finish(0);
    expect(done.baseline?.verdict).toBe('ok');
    expect(onDisk().certifications[0]?.baseline).toEqual(done.baseline);
  });

  it('marks a shard', () => {
    const recorder = createRecorder({
      dir,
      command: 'certify',
      repeat: '',
      seed: 7,
      lockstepVersion: '0.1.0',
      shard: { index: 2, of: 3 },
    });
    expect(recorder.finish(0).shards).toMatchObject([{ index: 2, of: 3 }]);
    expect(onDisk()).toEqual(recorder.result);
  });

  it('writes what was added within the bound, without being finished', async () => {
    const { recorder } = start();
    for (const load of okLoad().loads) recorder.addLoad(load);
    await expect.poll(() => onDisk().loads.length, { timeout: 10_000, interval: 20 }).toBe(1);
    recorder.interrupt(3);
  });

  it('ignores what comes after the end', () => {
    const { recorder } = start();
    const certification = recorder.startCertification(CERTIFICATION);
    recorder.finish(0);
    const [clause] = CLAUSES;
    if (clause !== undefined) certification.addClause(clause);
    for (const load of okLoad().loads) recorder.addLoad(load);
    expect(recorder.finish(1)).toMatchObject({ exitStatus: 0, loads: [] });
    expect(onDisk().certifications[0]?.clauses).toEqual([]);
  });

  it('tells when the result cannot be written, and leaves no temporary file', () => {
    const { recorder } = start();
    rmSync(dir, { recursive: true });
    expect(() => recorder.finish(0)).toThrow(expect.objectContaining({ code: 'OUT_NOT_WRITABLE' }));
    mkdirSync(dir);
    writeFileSync(join(dir, 'other'), '');
    expect(readdirSync(dir)).toEqual(['other']);
  });

  it('leaves a whole result when the process is killed while it writes', async () => {
    const recorderUrl = new URL('../../dist/reports/folder/recorder.js', import.meta.url).href;
    writeFileSync(join(dir, 'load.json'), JSON.stringify(okLoad().loads[0]));
    const script = `
      import { readFileSync } from 'node:fs';
      const { createRecorder } = await import(${JSON.stringify(recorderUrl)});
      const load = JSON.parse(readFileSync(${JSON.stringify(join(dir, 'load.json'))}, 'utf8'));
      for (let run = 0; ; run += 1) {
        const recorder = createRecorder({ dir: ${JSON.stringify(dir)}, command: 'load', repeat: '', seed: run, lockstepVersion: '0' });
        recorder.addLoad(load);
        recorder.interrupt(3);
        if (run === 5) console.log('ready');
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    // An early end is a failure of the script itself: dist/ is missing, for example.
    const [first] = (await Promise.race([once(child.stdout, 'data'), ended])) as unknown[];
    child.kill('SIGKILL');
    await ended;
    expect(String(first)).toBe('ready\n');
    expect(onDisk()).toMatchObject({ partial: true, command: 'load' });
  });
});

/** Opened and left again. */
function runFolder(options: Parameters<typeof openRunFolder>[0]): string {
  using folder = openRunFolder(options);
  return folder.dir;
}

describe('openRunFolder', () => {
  const time = new Date('2026-01-31T08:15:00.123Z');

  it('makes a new folder for each run', () => {
    const first = runFolder({ cwd: dir, time, target: 'memory' });
    const second = runFolder({ cwd: dir, time, target: 'memory' });
    expect(first).toBe(join(dir, 'reports', 'runs', '2026-01-31-081500-memory'));
    expect(second).toBe(`${first}-2`);
    expect(readdirSync(second)).toEqual([]);
  });

  it.each([
    ['./my adapter.ts', 'my-adapter'],
    ['memory postgres', 'memory-postgres'],
    ['../../..', 'target'],
    ['C:\\a\\b.mjs', 'C-a-b'],
    ['ünïcödé/…', 'target'],
    ['x'.repeat(300), 'x'.repeat(60)],
  ])('names the folder of %s so that it stays inside', (target, name) => {
    const made = runFolder({ cwd: dir, time, target });
    expect(readdirSync(join(dir, 'reports', 'runs'))).toEqual([made.split('/').at(-1)]);
    if (name !== 'target') expect(made.endsWith(`-${name}`)).toBe(true);
  });

  it('takes --out as it is, and empties it of an earlier run', () => {
    const out = runFolder({ cwd: dir, time, target: 'memory', out: 'mine' });
    writeFileSync(join(out, RESULT_FILE), renderJson(mainJob()));
    writeFileSync(join(out, 'report.html'), 'old');
    writeFileSync(join(out, 'notes.txt'), 'kept');
    mkdirSync(join(out, EVIDENCE_FOLDER, '1-uniform'), { recursive: true });
    expect(runFolder({ cwd: dir, time, target: 'memory', out: 'mine' })).toBe(join(dir, 'mine'));
    expect(readdirSync(out)).toEqual(['notes.txt']);
  });

  it('follows no link out of the folder that it empties, and takes one to the folder', () => {
    const [out, theirs] = [join(dir, 'mine'), join(dir, 'theirs')];
    mkdirSync(out);
    mkdirSync(theirs);
    writeFileSync(join(theirs, 'notes.txt'), 'kept');
    writeFileSync(join(out, RESULT_FILE), renderJson(mainJob()));
    symlinkSync(theirs, join(out, EVIDENCE_FOLDER));
    symlinkSync(join(theirs, 'notes.txt'), join(out, 'report.html'));
    symlinkSync(out, join(dir, 'link'));
    expect(runFolder({ cwd: dir, time, target: 'memory', out: 'link' })).toBe(join(dir, 'link'));
    expect(readdirSync(out)).toEqual([]);
    expect(readFileSync(join(theirs, 'notes.txt'), 'utf8')).toBe('kept');
  });

  it('is refused for a second run until the first one has left', () => {
    const options = { cwd: dir, time, target: 'memory', out: 'mine' };
    using first = openRunFolder(options);
    expect(() => openRunFolder(options)).toThrow(expect.objectContaining({ code: 'OUT_IN_USE' }));
    first[Symbol.dispose]();
    expect(runFolder(options)).toBe(first.dir);
  });

  it.each([
    ['the folder itself', 'run', 'run'],
    ['a link to it', 'link', 'run'],
    ['the folder whose evidence is read', 'run', 'run/evidence/1-uniform'],
  ])('does not empty what is still to be read: %s', (_, out, read) => {
    mkdirSync(join(dir, 'run', 'evidence', '1-uniform'), { recursive: true });
    symlinkSync('run', join(dir, 'link'));
    expect(() => requireApart(dir, out, [read])).toThrow(expect.objectContaining({ code: 'USAGE' }));
    expect(() => requireApart(dir, 'other', [read])).not.toThrow();
  });

  it.each([
    ['files of somebody else', 'notes.txt', 'hello'],
    ['a result that is none', RESULT_FILE, '{"name":"x"}'],
    ['a broken result', RESULT_FILE, '{'],
  ])('refuses an --out with %s, and writes nothing', (_, name, text) => {
    const out = join(dir, 'theirs');
    mkdirSync(out);
    writeFileSync(join(out, name), text);
    expect(() => runFolder({ cwd: dir, time, target: 'memory', out })).toThrow(
      expect.objectContaining({ code: 'OUT_NOT_A_RUN' }),
    );
    expect(readFileSync(join(out, name), 'utf8')).toBe(text);
    expect(readdirSync(out)).toEqual([name]);
  });

  it('makes the folders above an --out', () => {
    const out = join(dir, 'a', 'b', 'c');
    expect(runFolder({ cwd: dir, time, target: 'memory', out })).toBe(out);
    expect(readdirSync(out)).toEqual([]);
  });

  it.runIf(existsSync('/proc/self'))('refuses an --out where nothing can be made', () => {
    expect(() => runFolder({ cwd: dir, time, target: 'memory', out: '/proc/none/below' })).toThrow(
      expect.objectContaining({ code: 'OUT_NOT_WRITABLE' }),
    );
  });

  it('refuses an --out that is a file', () => {
    writeFileSync(join(dir, 'file'), '');
    expect(() => runFolder({ cwd: dir, time, target: 'memory', out: 'file' })).toThrow(
      expect.objectContaining({ code: 'OUT_NOT_WRITABLE' }),
    );
    expect(() => runFolder({ cwd: dir, time, target: 'memory', out: 'file/below' })).toThrow(
      expect.objectContaining({ code: 'OUT_NOT_WRITABLE' }),
    );
  });
});

describe('loadRunResult', () => {
  it('reads a folder or a file', () => {
    writeFileSync(join(dir, RESULT_FILE), renderJson(mainJob()));
    expect(loadRunResult(dir).command).toBe('start');
    expect(loadRunResult(join(dir, RESULT_FILE)).command).toBe('start');
  });

  it('says what is missing', () => {
    expect(existsSync(join(dir, RESULT_FILE))).toBe(false);
    expect(() => loadRunResult(dir)).toThrow(expect.objectContaining({ code: 'RESULT_MISSING' }));
    expect(() => loadRunResult(join(dir, 'nowhere'))).toThrow(
      expect.objectContaining({ code: 'RESULT_MISSING' }),
    );
  });
});
