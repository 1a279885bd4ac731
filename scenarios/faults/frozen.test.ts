import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freeze } from './frozen.ts';

/** Freezes the process that it is given, and ends without a word. */
const FREEZER = `
const { freeze } = await import(${JSON.stringify(new URL('../../dist/scenarios/faults/frozen.js', import.meta.url).href)});
await freeze(Number(process.argv[1]));
process.kill(process.pid, 'SIGKILL');
`;

let child: ReturnType<typeof spawn>;
beforeEach(async () => {
  child = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
});
afterEach(() => child.kill('SIGKILL'));

function stateOf({ pid }: typeof child): string {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0] ?? '';
}

describe.skipIf(process.platform !== 'linux')('a frozen process', () => {
  it('stands still until it is thawed', async () => {
    const { proof, thaw } = await freeze(child.pid as number);
    expect(proof).toContain('state T');
    expect(stateOf(child)).toBe('T');
    thaw();
    await expect.poll(() => stateOf(child)).toBe('S');
  });

  it('goes on when whoever froze it is killed', async () => {
    const freezer = spawn(process.execPath, ['--input-type=module', '-e', FREEZER, String(child.pid)], {
      stdio: 'ignore',
    });
    const [, signal] = (await once(freezer, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    await expect.poll(() => stateOf(child)).toBe('S');
  });
});
