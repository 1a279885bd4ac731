/**
 * What comes of adapters that harm whoever runs them, and the table of it in docs/security.md. The full set takes minutes:
 * LOCKSTEP_NIGHTLY=1 runs it, as the nightly does; otherwise those run that no other test meets.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE } from '../../adapters/hostile/catalog.ts';
import { distUrl } from '../paths.ts';

interface Outcome {
  readonly status: 0 | 1 | 2 | 3;
  /** What is printed, on stdout or stderr. */
  readonly says: string;
  /** For the table. */
  readonly comes: string;
  /** Seconds after which the run is ended. Default: it ends by itself. */
  readonly timeout?: number;
  readonly always?: true;
  /** The clause that is checked. Default: STREAM-01. */
  readonly only?: string;
}

const LOST = 'was lost while the program ran';
const ENDED_EARLY = 'not decided: ended by `--timeout` or Ctrl-C, otherwise refused after';

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  'import-never-ends': {
    status: 3,
    says: '--timeout 4, while importing',
    comes: `${ENDED_EARLY} 60 s`,
    timeout: 4,
  },
  'import-spins': {
    status: 3,
    says: '--timeout 4, while importing',
    comes: `${ENDED_EARLY} 60 s`,
    timeout: 4,
  },
  'import-exits': {
    status: 2,
    says: 'its process was lost (exit)',
    comes: 'refused; the result says how it ended',
  },
  'start-never-ends': {
    status: 3,
    says: '--timeout 4, while starting the storage',
    comes: `${ENDED_EARLY} 300 s`,
    timeout: 4,
  },
  'open-never-ends': {
    status: 3,
    says: 'Expected open() of open-never-ends to settle within 30000 ms',
    comes: 'not decided: ends after 30 s, with the reason',
  },
  'close-never-ends': {
    status: 1,
    says: 'LIFE-03',
    comes: 'violated (LIFE-03); lockstep waits 5 s for each close',
    only: 'LIFE-03',
  },
  'destroy-never-ends': {
    status: 3,
    says: 'Expected destroy() of destroy-never-ends to settle within 30000 ms',
    comes: 'not decided: ends after 30 s, with the reason',
  },
  'stop-never-ends': {
    status: 3,
    says: 'Expected stop() of stop-never-ends to settle within 30000 ms',
    comes: 'not decided: clauses are printed, and no certificate is made',
  },
  'lock-never-granted': {
    status: 1,
    says: 'never returned',
    comes: 'violated (LOCK-01)',
    only: 'LOCK-01',
  },
  'call-spins': {
    status: 1,
    says: `${LOST} (unresponsive`,
    comes: 'violated: the process is killed after 8 s, and the step is named',
  },
  'call-exits': { status: 1, says: `${LOST} (exit`, comes: 'violated: the step is named' },
  'floods-output': { status: 0, says: 'Everything that counted held', comes: 'holds: the output is drained' },
  'steers-terminals': {
    status: 1,
    says: 'streams.get',
    comes: 'violated; its text is printed in a form that nothing executes',
    always: true,
  },
  'stray-rejection': { status: 1, says: 'unhandled rejection', comes: 'violated, whatever its calls answer' },
  leaks: {
    status: 1,
    says: 'Every instance leaves something behind',
    comes: 'violated (LIFE-03)',
    only: 'LIFE-03',
  },
  'leaves-processes': {
    status: 0,
    says: 'the adapter had left a process running, sleep 600',
    comes: 'holds; the processes are ended and named (on Linux)',
    always: true,
  },
  'answers-garbage': { status: 1, says: `${LOST} (garbage`, comes: 'violated: the answer is named' },
  'breaks-the-channel': {
    status: 3,
    says: 'was lost (garbage)',
    comes: 'not decided: the process is ended, and its output is shown',
    always: true,
  },
};

const COMMAND = fileURLToPath(distUrl('scripts/lockstep.js'));
const TARGET = fileURLToPath(distUrl('adapters/hostile/target.js'));
const ALL = process.env['LOCKSTEP_NIGHTLY'] !== undefined;

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-hostile-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function certify(name: string): Promise<[number | null, string]> {
  const { timeout, only = 'STREAM-01' } = OUTCOMES[name] ?? {};
  const limit = timeout === undefined ? [] : ['--timeout', String(timeout)];
  const args = ['certify', TARGET, '--only', only, '--runs', '5', '--seed', '1'];
  const child = spawn(process.execPath, [COMMAND, ...args, '--no-shrink', '--out', name, ...limit], {
    cwd: dir,
    env: { ...process.env, HOSTILE: name },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return [status, text];
}

describe.concurrent('a hostile adapter', () => {
  it.each(HOSTILE.filter(({ name }) => ALL || OUTCOMES[name]?.always === true))(
    '$name: $does',
    async ({ name }) => {
      const { status, says } = OUTCOMES[name] ?? {};
      const [ended, text] = await certify(name);
      expect(text).toContain(says);
      expect(ended).toBe(status);
      // No line that a CI runner obeys, and nothing that a terminal does.
      expect(text).not.toMatch(/^\s*(?:::|##\[)/m);
      // eslint-disable-next-line no-control-regex -- These are what must not pass.
      expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    },
    180_000,
  );

  it('stands in the table of docs/security.md, with what comes of it', () => {
    const rows = HOSTILE.map(({ name, does }) => {
      const { comes = '', status } = OUTCOMES[name] ?? {};
      return [does, comes, String(status)];
    });
    const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');
    const cells = [...page.matchAll(/^\| (.+?) +\| (.+?) +\| (\d) +\|$/gm)].map((row) => row.slice(1, 4));
    expect(cells).toEqual(rows);
  });
});
