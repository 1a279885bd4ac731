import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { spawnChild, type Child } from './child.ts';
import { compiledEntry } from './entry.ts';
import { KEPT_OUTPUT } from './tail.ts';

let folder: string;
let children: Child[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-child-'));
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill();
  for (const child of children) await child.exited;
  rmSync(folder, { recursive: true });
});

/** A child that runs `code`, an ES module; the lines it sends. */
function start(code: string): { readonly child: Child; readonly lines: string[] } {
  const entry = join(folder, `child-${children.length}.mjs`);
  writeFileSync(entry, code);
  const lines: string[] = [];
  const child = spawnChild({ entry, listener: { line: (line) => lines.push(line), end: () => {} } });
  children.push(child);
  return { child, lines };
}

const PROCESS_MODULE = pathToFileURL(compiledEntry('scenarios/process/index')).href;
const SPEAK = `import { parentChannel, startWatchdog } from ${JSON.stringify(PROCESS_MODULE)};`;

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie that nobody has waited for yet is dead.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function gone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 500 && exists(pid); tries += 1) await sleep(20);
  return !exists(pid);
}

async function firstLine(lines: readonly string[], child: Child): Promise<string> {
  while (lines.length === 0 && child.exit === undefined) await sleep(10);
  return lines[0] ?? `exited: ${JSON.stringify(child.exit)} ${child.output().stderr}`;
}

describe('a child', () => {
  it('speaks lines over its own descriptor, of any length and split anywhere', async () => {
    const { child, lines } = start(`${SPEAK}
      const channel = parentChannel({ line: (text) => channel.send(text), end: () => process.exit(0) });`);
    const sent = ['one', 'ü€𝄞'.repeat(100_000), '', 'last'];
    for (const line of sent) child.channel.send(line);
    while (lines.length < sent.length && child.exit === undefined) await sleep(10);
    expect(lines).toEqual(sent);
    child.channel.end();
    expect(await child.exited).toEqual({ code: 0, signal: null });
  });

  it('has the end of its output kept', async () => {
    const { child } = start(`
      for (let n = 0; n < 5000; n += 1) console.log('x'.repeat(100));
      console.log('the end');
      console.error('last words');
      process.exitCode = 4;`);
    expect(await child.exited).toEqual({ code: 4, signal: null });
    const { stdout, stderr } = child.output();
    expect(stdout).toHaveLength(KEPT_OUTPUT);
    expect(stdout.endsWith('the end\n')).toBe(true);
    expect(stderr).toBe('last words\n');
  });

  it('ends with everything that it started', async () => {
    const { child, lines } = start(`${SPEAK}
      import { spawn } from 'node:child_process';
      const channel = parentChannel({ line: () => process.exit(0), end: () => {} });
      const grandchild = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      channel.send(String(grandchild.pid));`);
    const grandchild = Number(await firstLine(lines, child));
    expect(exists(grandchild)).toBe(true);
    child.channel.send('exit');
    await child.exited;
    expect(await gone(grandchild)).toBe(true);
  });

  it('tells how it was killed, or why it did not start', async () => {
    const { child } = start('setInterval(() => {}, 1000);');
    child.kill();
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
    const homeless = spawnChild({
      entry: 'x.js',
      cwd: join(folder, 'missing'),
      listener: { line: () => {}, end: () => {} },
    });
    expect(await homeless.exited).toMatchObject({ code: null, error: expect.any(String) });
  });
});

describe('the watchdog', () => {
  it.each(['setInterval(() => {}, 1000);', 'setTimeout(() => { for (;;); }, 200);'])(
    'ends a process whose parent was killed, with what left its group: %s',
    async (work) => {
      const orphan = join(folder, 'orphan.mjs');
      const left = join(folder, 'left.pid');
      writeFileSync(
        orphan,
        `${SPEAK}
        import { spawn } from 'node:child_process';
        import { writeFileSync } from 'node:fs';
        parentChannel({ line: () => {}, end: () => {} });
        startWatchdog().setGraceMs(10);
        const { pid } = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
        writeFileSync(${JSON.stringify(left)}, String(pid));
        ${work}`,
      );
      const { child, lines } = start(`${SPEAK}
        import { spawnChild } from ${JSON.stringify(PROCESS_MODULE)};
        const channel = parentChannel({ line: () => {}, end: () => {} });
        const orphan = spawnChild({ entry: ${JSON.stringify(orphan)}, listener: { line: () => {}, end: () => {} } });
        setTimeout(() => channel.send(String(orphan.pid)), 500);`);
      const pid = Number(await firstLine(lines, child));
      expect(exists(pid)).toBe(true);
      child.signal('SIGKILL');
      await child.exited;
      expect(await gone(pid)).toBe(true);
      if (process.platform === 'linux') expect(await gone(Number(readFileSync(left, 'utf8')))).toBe(true);
    },
  );
});
