/** The end of a run before its time, as a user meets it: an adapter hangs in what has no end of its own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunResult } from '../../reports/model.ts';
import { distUrl } from '../paths.ts';

const COMMAND = fileURLToPath(distUrl('scripts/lockstep.js'));

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-interrupt-'));
  writeFileSync(join(dir, 'import.mjs'), 'await new Promise(() => {});\nexport default {};\n');
  const target = "name: 'hangs', capabilities: {}, open() { throw new Error(); }";
  writeFileSync(
    join(dir, 'start.mjs'),
    `export default { ${target}, start: () => new Promise(() => {}) };\n`,
  );
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command; the signal is sent when it says that it is at `phase`. */
async function run(args: readonly string[], signal?: NodeJS.Signals, phase = 'importing'): Promise<Ended> {
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd: dir });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    if (signal !== undefined && text.includes(phase)) child.kill(signal);
  });
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, stdout, stderr };
}

it('ends what hangs, keeps what is known, and says what it was at', async () => {
  const [hungUp, limited, interrupted, stressed] = await Promise.all([
    run(['certify', './import.mjs', '--out', 'hung-up'], 'SIGHUP'),
    run(['certify', './import.mjs', '--timeout', '5']),
    run(['certify', './start.mjs'], 'SIGINT', 'starting'),
    run(['stress', './import.mjs'], 'SIGTERM'),
  ]);

  expect(hungUp.stderr).toContain('certify ./import.mjs: importing ./import.mjs, at most 60 s');
  expect(hungUp.stdout).toContain('Interrupted before the verdict (SIGHUP, while importing ./import.mjs)');
  expect(hungUp.status).toBe(3);
  const recorded = JSON.parse(readFileSync(join(dir, 'hung-up', 'result.json'), 'utf8')) as RunResult;
  expect(recorded).toMatchObject({
    partial: true,
    endedEarly: { by: 'SIGHUP', during: 'importing ./import.mjs' },
    certifications: [],
  });

  expect(limited.stdout).toContain('(--timeout 5, while importing ./import.mjs)');
  expect(limited.status).toBe(3);

  expect(interrupted.stdout).toContain('(SIGINT, while starting the storage of ./start.mjs)');
  expect(interrupted.status).toBe(3);

  expect(stressed.stderr).toContain('SIGTERM, while importing ./import.mjs');
  expect(stressed.status).toBe(3);
});
