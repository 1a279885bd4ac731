/** What this alone proves: no page links to a file or a heading that is not there, and the README leads to every page. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
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

function isPage(path: string): boolean {
  return path.endsWith('.md');
}

/** Relative ones; what stands in code is none. */
function linksOf(markdown: string): string[] {
  const links = withoutCode(markdown).matchAll(/\]\(<?([^)>\s]+)>?(?:\s+"[^"]*")?\)/g);
  return [...links].map(([, link]) => link as string).filter((link) => !/^[a-z]+:/.test(link));
}

/** As GitHub makes them of headings. */
function anchorsOf(markdown: string): Set<string> {
  const headings = markdown.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6} (.+)$/gm);
  const anchors = new Set<string>();
  for (const [, heading] of headings) {
    const slug = (heading as string)
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
}
