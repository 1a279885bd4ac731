/** What this alone proves: which server the command line takes from where, and that it never prints a password. */
import { existsSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { main } from '../main.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function lockstep(...args: string[]): Promise<{ readonly status: number; readonly said: string }> {
  const said: string[] = [];
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  const status = await main(args, process);
  vi.restoreAllMocks();
  return { status, said: said.join('') };
}

it.each([
  ['load', 'memory', '--pg', 'postgres:u:s3cr3t@h'],
  ['load', 'memory', '--pg=postgresql://u:p@s3cr3t w/x'],
  ['certify', 'memory', '--pg', 's3cr3t'],
  ['clauses', '--pg=postgresql://u:s3cr3t@h/d'],
  ['certify', 'postgres', 'postgresql://u:s3cr3t@h/d'],
  ['check', 'postgresql://u:s3cr3t@h/d'],
])('%j is wrong usage, and prints no password', async (...args) => {
  const { status, said } = await lockstep(...args);
  expect(status).toBe(2);
  expect(said).not.toContain('s3cr3t');
});

it.each(['postgres:u:s3cr3t@h', ''])('LOCKSTEP_PG=%s is wrong usage, and is named', async (pg) => {
  vi.stubEnv('LOCKSTEP_PG', pg);
  const { status, said } = await lockstep('load', 'memory');
  expect(status).toBe(2);
  expect(said).toContain('LOCKSTEP_PG: expected');
  expect(said).not.toContain('s3cr3t');
});

it.each([
  ['load', 'postgres', '--fault', 'kill-holder,pool-exhaustion', '--out', 'never-made'],
  ['stress', 'postgres', '--time', '1', '--out', 'never-made'],
])('%j spares a server that lockstep did not start, before anything starts', async (...args) => {
  // Nobody listens there, and nobody is asked.
  const { status, said } = await lockstep(...args, '--pg', 'postgresql://u:s3cr3t@127.0.0.1:1/d');
  expect(status).toBe(2);
  expect(said).toMatch(/pool-exhaustion.* postgresql:..u:\*\*\*@127.0.0.1:1.d.*--allow-faults-on-server/);
  expect(said).not.toContain('s3cr3t');
  expect(existsSync('never-made')).toBe(false);
});

it('does not read DATABASE_URL, and says so once', async () => {
  vi.stubEnv('DATABASE_URL', 'postgresql://u:s3cr3t@h/d');
  // What is wrong with these is found out after the options were read.
  const wrong = ['load', 'nowhere', '--connections', '1'];
  const unsaid = await lockstep(...wrong);
  expect(unsaid.said.match(/DATABASE_URL is set, but lockstep does not read it/g)).toHaveLength(1);
  expect(unsaid.said).not.toContain('s3cr3t');
  expect((await lockstep(...wrong, '--pg', 'embedded')).said).not.toContain('DATABASE_URL');
  vi.stubEnv('LOCKSTEP_PG', 'embedded');
  expect((await lockstep(...wrong)).said).not.toContain('DATABASE_URL');
});
