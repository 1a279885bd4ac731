import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { compiledEntry } from '../../scenarios/process/index.ts';

const GUEST = `admitGuest({ name: 'a.ts', underWay: () => 'it was checked', keep: (status) => console.log('kept', status) });`;

/** Runs the lines under the guard, in a process of their own. */
function run(...lines: readonly string[]): SpawnSyncReturns<string> {
  const guard = pathToFileURL(compiledEntry('scripts/session/exitGuard')).href;
  const code = [
    `import { guardExit, admitGuest, finish, endNow } from '${guard}';`,
    'guardExit();',
    ...lines,
  ];
  return spawnSync(process.execPath, ['--input-type=module', '-e', code.join('\n')], { encoding: 'utf8' });
}

it.each([
  ['process.exit(0);'],
  ['process.reallyExit(0);'],
  ["process.on('exit', () => process.exit(0)); process.exit(0);"],
  ["process.on('exit', () => { process.exitCode = 0; });"],
  ['process.exitCode = 0;'],
])('blames an adapter that ends the process that it runs in: %s', (line) => {
  const { status, stdout, stderr } = run(GUEST, line);
  expect(status).toBe(1);
  if (line.includes('reallyExit')) return;
  expect(stdout).toBe('kept 1\n');
  expect(stderr).toContain('a.ts ended the process that it ran in');
});

it('decides nothing when the process ends too early without an adapter in it', () => {
  const { status, stderr } = run('process.exit(0);');
  expect(status).toBe(3);
  expect(stderr).toContain('nothing is decided');
});

it('leaves the status to the finished run, and to the user', () => {
  expect(run('finish(0);').status).toBe(0);
  expect(run('finish(1);').status).toBe(1);
  expect(run('endNow(130);').status).toBe(130);
  const late = run(
    GUEST,
    "process.on('exit', () => process.exit(0));",
    'setInterval(() => {}, 1000);',
    'finish(1);',
  );
  expect({ status: late.status, stderr: late.stderr }).toEqual({ status: 1, stderr: '' });
});
