import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { distUrl } from '../paths.ts';
import { openBase } from './base.ts';

let dir: string;
let project: string;
const gitIn = (...args: readonly string[]): string => {
  const identity = ['-c', 'user.name=nobody', '-c', 'user.email=nobody@localhost'];
  return spawnSync('git', ['-C', project, ...identity, ...args], { encoding: 'utf8' }).stdout.trim();
};

beforeAll(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'lockstep-base-test-')));
  project = join(dir, 'project');
  mkdirSync(join(project, 'src'), { recursive: true });
  mkdirSync(join(project, 'node_modules', 'some-package'), { recursive: true });
  writeFileSync(join(project, '.gitignore'), 'node_modules\n');
  gitIn('init', '--quiet', '--initial-branch=main');
  for (const state of ['before', 'after']) {
    writeFileSync(join(project, 'src', 'target.mjs'), `export default '${state}';\n`);
    gitIn('add', '--all');
    gitIn('commit', '--quiet', '--message', state);
  }
  writeFileSync(join(project, 'src', 'later.mjs'), 'export default 1;\n');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const targetAt = (path: string) => ({ spec: `./${path}`, url: pathToFileURL(join(project, path)).href });
const open = (base: string, path = join('src', 'target.mjs')) =>
  openBase(targetAt(path), base, { cwd: project, onPhase: () => {} });
const textOf = (url: string): string => readFileSync(fileURLToPath(url), 'utf8');

describe('the base of a comparison', () => {
  it('is what a commit had, with the packages of now, and leaves nothing behind', () => {
    const before = gitIn('status', '--porcelain');
    const base = open('HEAD~1');
    const checkout = join(fileURLToPath(base.target.url), '..', '..');
    expect(textOf(base.target.url)).toContain('before');
    expect(base).toMatchObject({ commit: { id: gitIn('rev-parse', 'HEAD~1'), isChanged: false } });
    expect(base.name).toMatch(/^HEAD~1 \([0-9a-f]{7}\)$/);
    expect(readdirSync(join(checkout, 'node_modules'))).toEqual(['some-package']);
    base[Symbol.dispose]();
    expect(existsSync(checkout)).toBe(false);
    expect(existsSync(join(project, 'node_modules', 'some-package'))).toBe(true);
    expect(gitIn('status', '--porcelain')).toBe(before);
    expect(gitIn('worktree', 'list').split('\n')).toHaveLength(1);
  });

  it('is removed when the process ends before', () => {
    const text = `import { openBase } from ${JSON.stringify(distUrl('scripts/compare/base.js'))};
      const target = ${JSON.stringify(targetAt(join('src', 'target.mjs')))};
      console.log(openBase(target, 'HEAD~1', { cwd: process.cwd(), onPhase: () => {} }).target.url);
      process.exit(130);`;
    const ended = spawnSync(process.execPath, ['--input-type=module', '--eval', text], {
      cwd: project,
      encoding: 'utf8',
    });
    expect(ended.status).toBe(130);
    const url = ended.stdout.trim();
    expect(url).toMatch(/^file:.*target\.mjs$/);
    expect(existsSync(join(fileURLToPath(url), '..', '..', '..'))).toBe(false);
  });

  it('may be a folder with the same target, which is left alone', () => {
    const other = join(dir, 'other');
    mkdirSync(join(other, 'src'), { recursive: true });
    writeFileSync(join(other, 'src', 'target.mjs'), 'export default "other";\n');
    const base = open('../other');
    expect(textOf(base.target.url)).toContain('other');
    expect(base).not.toHaveProperty('commit');
    base[Symbol.dispose]();
    expect(existsSync(join(other, 'src', 'target.mjs'))).toBe(true);
  });

  it.each([
    ['no-such-branch', undefined, 'expected a folder, or a commit of the repository'],
    ['--all', undefined, 'expected a folder, or a commit'],
    ['HEAD', join('src', 'later.mjs'), `it has no file ${join('src', 'later.mjs')}`],
    ['..', undefined, 'expected ./src/target.mjs in that folder, found no'],
  ])('is refused with what was expected: %s', (base, path, message) => {
    expect(() => open(base, path)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(message) }),
    );
  });

  it('is refused outside of a repository', () => {
    const alone = join(dir, 'alone.mjs');
    writeFileSync(alone, '');
    const target = { spec: './alone.mjs', url: pathToFileURL(alone).href };
    expect(() => openBase(target, 'main', { cwd: dir, onPhase: () => {} })).toThrow(/is not in a repository/);
  });
});
