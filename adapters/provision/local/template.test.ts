import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadDriver } from '../../postgres/driver.ts';
import { startEmbedded } from './embedded.ts';
import { pack, removeUnused, unpack, type Template } from './template.ts';

let home: string;
let folder: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'lockstep-test-'));
  folder = join(home, 'lockstep');
  vi.stubEnv('XDG_CACHE_HOME', home);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});

/** An empty folder. */
async function dataOf(name: string): Promise<Template> {
  const data = join(home, name);
  await mkdir(data);
  return { name: 'some', data, account: undefined, signal: new AbortController().signal };
}

async function packed(): Promise<string> {
  const template = await dataOf('from');
  await mkdir(join(template.data, 'base'), { mode: 0o700 });
  await writeFile(join(template.data, 'base', '1'), 'one', { mode: 0o600 });
  await pack(template);
  return join(folder, 'cluster-some.tar');
}

describe('a template', () => {
  it('is unpacked as it was packed', async () => {
    await packed();
    const copy = await dataOf('to');
    await unpack(copy);
    expect(await readFile(join(copy.data, 'base', '1'), 'utf8')).toBe('one');
    expect(await readdir(folder)).toEqual(['cluster-some.tar']);
  });

  it('is not unpacked if there is none, if it was cut off, or if others can write it', async () => {
    await expect(unpack(await dataOf('none'))).rejects.toThrow(/ENOENT/);
    const archive = await packed();
    await chmod(archive, 0o622);
    await expect(unpack(await dataOf('open'))).rejects.toThrow('it may be of somebody else');
    await chmod(archive, 0o600);
    await writeFile(archive, (await readFile(archive)).subarray(0, 1200));
    await expect(unpack(await dataOf('cut'))).rejects.toThrow('it is not whole');
  });

  it('that cannot be finished leaves nothing', async () => {
    await expect(pack({ ...(await dataOf('from')), data: join(home, 'nowhere') })).rejects.toThrow();
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
    await writeFile(folder, '');
    await expect(pack(await dataOf('other'))).rejects.toThrow();
  });

  it('is removed when it was not used for long, and an unfinished one soon', async () => {
    const archive = await packed();
    const unfinished = `${archive}.0`;
    await writeFile(unfinished, '');
    await writeFile(join(folder, 'other'), '');
    expect(await removeUnused()).toEqual([]);
    const age = async (path: string, hours: number): Promise<void> => {
      const then = new Date(Date.now() - hours * 3_600_000);
      await utimes(path, then, then);
    };
    await age(unfinished, 1);
    await age(archive, 1);
    expect(await removeUnused()).toEqual([unfinished]);
    await age(archive, 24 * 40);
    await unpack(await dataOf('to'));
    expect(await removeUnused()).toEqual([]);
    await age(archive, 24 * 40);
    expect(await removeUnused()).toEqual([archive]);
    expect(await readdir(folder)).toEqual(['other']);
  });
});

it('a server is a copy of the first one, with a password of its own, and no broken template stops it', async () => {
  const made = async (): Promise<{ id: string; password: string }> => {
    const server = await startEmbedded();
    const { Client } = await loadDriver();
    const client = new Client({ connectionString: server.url });
    try {
      await client.connect();
      const { rows } = await client.query<{ id: string }>(
        'SELECT system_identifier::text AS id FROM pg_control_system()',
      );
      return { id: rows[0]?.id ?? '', password: new URL(server.url).password };
    } finally {
      await client.end();
      await server.stop();
    }
  };
  const first = await made();
  const [name = ''] = await readdir(folder);
  const second = await made();
  expect(second.id).toBe(first.id);
  expect(second.password).not.toBe(first.password);
  // Nothing is in it, so nothing can be told about it.
  await writeFile(join(folder, name), '');
  const third = await made();
  expect(third.id).not.toBe(first.id);
  expect((await made()).id).toBe(third.id);
});
