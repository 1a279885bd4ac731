/** What this alone proves of `lockstep compare`: what it refuses, and what it makes of recorded folders. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompareReport } from '../../reports/compare/model.ts';
import { renderJson } from '../../reports/renderers/json.ts';
import { okLoad } from '../../reports/testing/fixtures.ts';
import { main } from '../main.ts';
import { distUrl } from '../paths.ts';

const COMMAND = fileURLToPath(distUrl('scripts/lockstep.js'));

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-compare-'));
  const load = okLoad();
  const machine = { ...load, environment: { ...load.environment, cores: 64 } };
  for (const [name, result] of Object.entries({ before: load, after: load, elsewhere: machine })) {
    mkdirSync(join(dir, name));
    writeFileSync(join(dir, name, 'result.json'), renderJson(result));
  }
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** In this process: it ends before anything is started. */
async function refused(
  ...args: readonly string[]
): Promise<{ readonly status: number; readonly err: string }> {
  let err = '';
  const stderr = { write: (text: string) => (err += text) };
  const streams = { ...process, stdout: { write: () => true }, stderr, env: {}, cwd: () => dir };
  const status = await main(['compare', ...args], streams as unknown as NodeJS.Process);
  return { status, err };
}

function compare(...args: readonly string[]): { readonly status: number | null; readonly err: string } {
  const { status, stderr } = spawnSync(process.execPath, [COMMAND, 'compare', ...args], {
    cwd: dir,
    encoding: 'utf8',
  });
  return { status, err: stderr };
}
const reportOf = (out: string): CompareReport =>
  JSON.parse(readFileSync(join(dir, out, 'compare.json'), 'utf8')) as CompareReport;

describe('the command', () => {
  it.each([
    [['memory'], 'Expected two or more targets, or one target with --base DIR|REF, got only memory.'],
    [['memory', 'postgres', '--base', 'main'], 'expected one target, to compare it with its other version'],
    [
      ['memory', 'postgres', '--gate', 'speed'],
      '--gate speed: expected a figure of a load, one of effects/s,',
    ],
    [
      ['memory', 'postgres', '--threshold', 'effect.p99<5parsecs'],
      `--threshold 'effect.p99<5parsecs': expected a time in µs (or us), ms or s, like 50ms, got "5parsecs".`,
    ],
    [['memory', 'before'], 'Expected either targets or folders of recorded runs, got both: memory before.'],
    [['before'], 'Expected two or more folders, got only before.'],
    [['before', 'after', '--out', 'before'], '--out before: expected a folder of its own'],
  ])('refuses %j with one message', async (args, message) => {
    const { status, err } = await refused(...args);
    expect(err).toContain(message);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(status).toBe(2);
  });

  it('drives rounds, keeps no evidence of what was ok, and says why there is no verdict yet', () => {
    const load = ['--rounds', '1', '--no-floor', '--operations', '600', '--mix', 'hot-stream', '--seed', '7'];
    const threshold = ['--threshold', 'ratio(effects/s)>0.001'];
    const { status, err } = compare('memory', 'memory', ...load, ...threshold, '--out', 'driven');
    expect(status, err).toBe(3);
    const report = reportOf('driven');
    expect(report).toMatchObject({
      partial: false,
      refused: [],
      sides: [{ name: 'memory' }, { name: 'memory (2)' }],
      rounds: [{ number: 1, runs: [{ side: 0 }, { side: 1 }] }],
      thresholds: [{ outcome: 'undecided', reason: 'it needs 6 rounds, and was measured in 1 of them' }],
    });
    expect(report.comparisons[0]?.metrics.map(({ name }) => name)).toContain('cpu/effect');
    expect(readdirSync(join(dir, 'driven', 'evidence'))).toEqual([]);
    expect(existsSync(join(dir, 'driven', 'compare.html'))).toBe(true);
  });

  it('compares folders without a verdict, and refuses those of another machine', () => {
    expect(compare('before', 'after', '--out', 'both').status).toBe(3);
    const both = reportOf('both');
    expect(both).toMatchObject({ pairing: 'unpaired', refused: [], exitStatus: 3 });
    const [effects] = both.comparisons[0]?.metrics ?? [];
    expect(effects).toMatchObject({ name: 'effects/s', ratio: { ratio: 1 }, verdict: 'inconclusive' });
    expect(compare('before', 'elsewhere', '--out', 'machines').status).toBe(3);
    expect(reportOf('machines').refused).toEqual([
      { kind: 'differs', text: 'the number of cores differs: 2 with before, 64 with elsewhere' },
    ]);
  });
});
