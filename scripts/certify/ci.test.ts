/** What this alone proves: what a pipeline does with the command line: baselines, shards, reporters and exit statuses. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Certificate } from '../../reports/renderers/certificate.ts';
import { parseRunResult } from '../../reports/renderers/json.ts';
import { distUrl } from '../paths.ts';

const COMMAND = fileURLToPath(distUrl('scripts/lockstep.js'));

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-ci-'));
  file('known.json', '[{"clause":"IDEM-03","reason":"issue 12"}]');
  file('unknown.json', '[{"clause":"LOCK-99","reason":"issue 12"}]');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function file(name: string, text: string): void {
  writeFileSync(join(dir, name), text);
}

function lockstep(
  line: string,
  env: NodeJS.ProcessEnv = {},
): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...line.split(' ')], {
    cwd: dir,
    encoding: 'utf8',
    env: { ...process.env, GITHUB_STEP_SUMMARY: '', ...env },
  });
  return { status, out: stdout, err: stderr };
}

const QUICK = 'certify memory --runs 2 --seed 7 --processes 1';

function certificate(folder: string): Certificate | undefined {
  return (JSON.parse(readFileSync(join(dir, folder, 'certificates.json'), 'utf8')) as Certificate[])[0];
}

describe('wrong usage', () => {
  it.each([
    [`${QUICK} --baseline nowhere.json`, 'expected a readable file'],
    [`${QUICK} --baseline unknown.json`, '"LOCK-99" is not a clause'],
    [`${QUICK} --shard 3/2`, 'Expected a shard such as 1/4'],
    [`${QUICK} --shard 1/3 --only LOCK-01,LOCK-02 --out wrong`, 'expected at most 2 shards'],
    ['certify memory --shard 1/2', 'expected --seed with it'],
    [`${QUICK} --reporter junit,paper`, '"paper" is not a reporter'],
    ['certify postgres --level cluster --processes 1 --out wrong', 'expected at least two processes'],
    ['load memory --warmup 20s', 'Expected a --warmup shorter than the load, which takes 10s, got 20s'],
    ['load memory --rate auto --operations 9', 'Expected --rate auto without --operations'],
    [
      'load memory --rate auto --duration 5s',
      'Expected a --duration of at least 8s with --rate auto, got 5s',
    ],
    ['merge nowhere', 'expected a recorded result'],
  ])('%s', (line, message) => {
    const { status, err } = lockstep(line);
    expect(err).toContain(message);
    expect(status).toBe(2);
    expect(existsSync(join(dir, 'reports'))).toBe(false);
  });
});

it('an entry of the baseline that holds fails the run, and the summary says so', () => {
  const summary = join(dir, 'summary.md');
  const line = `${QUICK} --only IDEM-03,EXP-06 --baseline known.json --out stale --reporter github,junit`;
  const { status, out } = lockstep(line, { GITHUB_STEP_SUMMARY: summary });
  expect(status).toBe(1);
  const lines = out.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^::error title=IDEM-03 stale-baseline .*take it out of the file/);
  expect(lines.at(-1)).toBe(`junit: ${join('stale', 'junit.xml')}`);
  expect(readFileSync(summary, 'utf8')).toContain('IDEM-03 holds now, against the baseline');
  expect(readFileSync(join(dir, 'stale', 'junit.xml'), 'utf8')).toContain('type="stale-baseline"');
});

// Six runs of the command, one after the other.
it('shards are joined into the certificate of one run', { timeout: 300_000 }, () => {
  const line = `${QUICK} --only IDEM-03,EXP-06,LIFE-05`;
  const whole = parseRunResult(lockstep(`${line} --out whole --timings --json`).out);
  expect(whole.exitStatus).toBe(0);
  expect(whole.certifications[0]?.clauses.find(({ clause }) => clause === 'IDEM-03')?.timings).toMatchObject({
    programsMs: expect.any(Number) as number,
  });
  for (const index of [1, 2]) {
    const { status, out } = lockstep(`${line} --shard ${index}/2 --out part-${index}`);
    expect(out).toContain('a single shard gives none');
    expect(status).toBe(0);
    expect(certificate(`part-${index}`)?.claim).toMatchObject({ level: null, partial: true });
  }
  expect(lockstep('merge part-2').err).toContain('of 2 shards, 1/2 are missing');
  const merged = lockstep('merge part-2 part-1 --out joined --reporter markdown');
  expect(merged.status).toBe(0);
  expect(merged.out).toMatch(/^## ✅ lockstep \S+ certify/);
  expect(certificate('joined')?.digest).toBe(certificate('whole')?.digest);
  expect(lockstep('merge part-1 part-2 --out part-1').err).toContain('expected a folder of its own');
  expect(existsSync(join(dir, 'part-1', 'result.json'))).toBe(true);
});

it('a budget that is too small leaves clauses open', () => {
  const { status, out } = lockstep(
    'certify memory --only LOCK-02 --runs 3000 --seed 7 --budget 1 --out budget',
  );
  expect(out).toMatch(/out of time after \d+ of \d+ runs; raise --budget/);
  expect(out).toContain('--budget 1');
  expect(status).toBe(3);
});
