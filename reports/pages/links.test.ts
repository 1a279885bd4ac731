/** What only this proves: links to files and headings resolve, the README leads to every page, and no room is unnamed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { anchorsOf, isPage, linksOf } from '../testing/links.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Helpers of tests, and results of runs. */
const NO_ROOMS = ['testing', 'runs'];
/** Rooms whose folders are groups of like files: mutants, clauses, benches. */
const LISTS = ['adapters/mutants', 'suites/clauses', 'scripts/bench'];
const FOLDERS = ['docs', 'examples'];

const PAGES = [
  ...readdirSync(ROOT).filter(isPage),
  ...FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true })
      .map((name) => join(folder, String(name)))
      .filter((path) => isPage(path) && !path.includes('node_modules')),
  ),
].map((name) => ({ name, text: readFileSync(join(ROOT, name), 'utf8') }));

describe('links between pages', () => {
  it.each(PAGES)('of $name resolve', ({ name, text }) => {
    const broken = linksOf(text).filter((link) => {
      const [path = '', anchor] = link.split('#');
      const file = path === '' ? join(ROOT, name) : join(ROOT, dirname(name), decodeURIComponent(path));
      if (!existsSync(file)) return true;
      return anchor !== undefined && isPage(file) && !anchorsOf(readFileSync(file, 'utf8')).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('lead from the README to every page of docs/', () => {
    const readme = PAGES.find(({ name }) => name === 'README.md')?.text ?? '';
    const linked = new Set(linksOf(readme).map((link) => link.split('#')[0]));
    const pages = PAGES.map(({ name }) => relative('.', name)).filter((name) => name.startsWith('docs/'));
    expect(pages.filter((name) => !linked.has(name))).toEqual([]);
  });
});

function foldersIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !NO_ROOMS.includes(entry.name))
    .map((entry) => `${folder}/${entry.name}`);
}

describe('the architecture page names', () => {
  const page = PAGES.find(({ name }) => name === 'docs/architecture.md')?.text ?? '';
  const rooms = ['adapters', 'scenarios', 'suites', 'reports', 'scripts'].flatMap(foldersIn);

  it('every room', () => {
    expect(rooms.filter((room) => !page.includes(`\`${room}/\``))).toEqual([]);
  });

  it('every folder of a room, but for lists of like things', () => {
    const folders = rooms.filter((room) => !LISTS.includes(room)).flatMap(foldersIn);
    expect(folders.filter((folder) => !page.includes(`\`${basename(folder)}/\``))).toEqual([]);
  });
});
