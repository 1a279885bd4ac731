/** What the command line loads before it is known that a command has work to do: counted, as time depends on the machine. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { distUrl } from './paths.ts';

const COMMAND = fileURLToPath(distUrl('scripts/lockstep.js'));
const COUNT = new URL('testing/countLoaded.mjs', import.meta.url).href;
/** The command line, one command, the vocabularies that its options name, commander and cli-progress. */
const ONE_COMMAND = 51;
/** Its options name the mixes and the faults. */
const LOAD_COMMAND = 51;
/** For help and wrong names: all sixteen commands. */
const ALL_COMMANDS = 71;

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-startup-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function load(args: readonly string[]): {
  readonly status: number | null;
  readonly files: readonly string[];
} {
  const list = join(dir, `${args.join(' ').replaceAll('/', '-')}.txt`);
  const { status } = spawnSync(process.execPath, ['--import', COUNT, COMMAND, ...args], {
    cwd: dir,
    env: { ...process.env, LOADED_FILES: list },
  });
  const lines = readFileSync(list, 'utf8').split('\n');
  return { status, files: [...new Set(lines.filter((line) => line !== ''))] };
}

it.each([
  [['--help'], 0, ALL_COMMANDS],
  [['--version'], 0, ALL_COMMANDS],
  [['load', '--help'], 0, LOAD_COMMAND],
  [['mutants', '--help'], 0, ONE_COMMAND],
  [['certify', 'memory', '--runs', 'many'], 2, ONE_COMMAND],
  [['certify'], 2, ONE_COMMAND],
  [['no-such-command'], 2, ALL_COMMANDS],
] as const)('%j loads the command line alone', (args, expected, most) => {
  const { status, files } = load(args);
  expect(status).toBe(expected);
  expect(files.filter((file) => file.includes('/actions/') || file.includes('/contract/zod.js'))).toEqual([]);
  expect(files).toContain(COMMAND);
  expect(files.length).toBeLessThanOrEqual(most);
});

it('loads what a command does when it is called, and counts it', () => {
  const { status, files } = load(['explain', 'LOCK-01']);
  expect(status).toBe(0);
  expect(files.filter((file) => file.includes('/actions/'))).toEqual([
    expect.stringMatching(/actions\/explain\.js$/),
  ]);
  expect(files.length).toBeGreaterThan(ONE_COMMAND);
});
