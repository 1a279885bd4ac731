/** What this alone proves: one run at a time in a folder, and none is kept out by one that is gone. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from './folderLock.ts';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-lock-'));
  path = join(dir, 'lockstep.lock');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** What the lock of this process says, changed. */
function holder(changes: object): string {
  using _lock = lockFolder(dir);
  return JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), ...changes });
}

const inUse = (what: string): Error =>
  expect.objectContaining({ code: 'OUT_IN_USE', message: expect.stringContaining(what) as string }) as Error;

it('is held once, names who holds it, and is given back', () => {
  const lock = lockFolder(dir);
  expect(() => lockFolder(dir)).toThrow(inUse(`process ${process.pid} has been writing`));
  lock[Symbol.dispose]();
  lock[Symbol.dispose]();
  expect(readdirSync(dir)).toEqual([]);
});

it('gives back what is its own only', () => {
  const lock = lockFolder(dir);
  writeFileSync(path, 'another');
  lock[Symbol.dispose]();
  expect(readFileSync(path, 'utf8')).toBe('another');
});

describe('a lock of', () => {
  it('a process that is gone is taken over', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(path, holder({ pid, started: '' }));
    using _lock = lockFolder(dir);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
    expect(readdirSync(dir)).toEqual(['lockstep.lock']);
  });

  it.runIf(existsSync('/proc/self/stat'))('a pid that another process has by now is taken over', () => {
    writeFileSync(path, holder({ started: '1' }));
    using _lock = lockFolder(dir);
    expect(readFileSync(path, 'utf8')).not.toContain('"started":"1"');
  });

  it('a machine that has been started again is taken over', () => {
    writeFileSync(path, holder({ place: 'another-boot pid:[1]' }));
    using _lock = lockFolder(dir);
    expect(readFileSync(path, 'utf8')).not.toContain('another-boot');
  });

  it('another machine stands, for nobody sees its processes from here', () => {
    writeFileSync(path, holder({ host: `not-${hostname()}`, pid: 4_000_000 }));
    expect(() => lockFolder(dir)).toThrow(inUse(`process 4000000 on not-${hostname()}`));
  });

  it.each([
    ['nothing', ''],
    ['text', 'locked'],
    ['a number', '7'],
    ['null', 'null'],
    ['a pid that is none', '{"pid":"1","host":"","place":"","started":"","since":""}'],
    ['too much', ' '.repeat(5000)],
  ])('%s stands, and names itself', (_, text) => {
    writeFileSync(path, text);
    expect(() => lockFolder(dir)).toThrow(inUse(`remove ${path}`));
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('a link stands, and is not followed', () => {
    symlinkSync(join(dir, 'elsewhere'), path);
    expect(() => lockFolder(dir)).toThrow(inUse(`remove ${path}`));
    expect(existsSync(join(dir, 'elsewhere'))).toBe(false);
  });
});
