/** What this alone proves of `lockstep compare`: what it refuses, and what it makes of recorded folders. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompareReport } from '../reports/compare/model.ts';
import { renderJson } from '../reports/json.ts';
import { okLoad } from '../reports/testing/fixtures.ts';
import { distUrl } from './paths.ts';

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
    [['memory'], 'Expected two targets or more, or one with --base DIR|REF, got memory alone.'],
    [['memory', 'postgres', '--base', 'main'], 'expected one target, which is compared with itself'],
    [
      ['memory', 'postgres', '--gate', 'speed'],
      '--gate speed: expected a figure of a load, one of effects/s,',
    ],
    [
      ['memory', 'postgres', '--threshold', 'effect.p99<5parsecs'],
      `--threshold 'effect.p99<5parsecs': expected a time in µs (or us), ms or s, like 50ms, got "5parsecs".`,
    ],
    [
      ['memory', 'before'],
      'Expected targets alone, or folders of recorded runs alone, got both: memory before.',
    ],
    [['before'], 'Expected two folders or more, got before alone.'],
    [['before', 'after', '--out', 'before'], '--out before: expected a folder of its own'],
  ])('refuses %j with one message', (args, message) => {
    const { status, err } = compare(...args);
    expect(err).toContain(message);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(status).toBe(2);
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
