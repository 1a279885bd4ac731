/** The pages in docs/ say what the contract and the examples say. `npm run contract` makes them. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXECUTABLE } from '../../suites/executable.ts';
import { fillTables } from './docTables.ts';
import { capabilitiesPage, clausesPage } from './pages.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the pages in docs/ are in step', () => {
  it('clauses', () => {
    expect(squeezed(read('docs/clauses.md'))).toBe(squeezed(clausesPage(EXECUTABLE)));
  });

  it('capabilities', () => {
    const source = read('adapters/contract/capabilities.ts');
    expect(squeezed(read('docs/capabilities.md'))).toBe(squeezed(capabilitiesPage(source)));
  });

  it('tables of the lists of the code', () => {
    const pages = readdirSync(new URL('../../docs', import.meta.url)).filter((name) => name.endsWith('.md'));
    const filled = pages.filter((name) => read(`docs/${name}`).includes('<!-- table: '));
    expect(filled).toEqual(expect.arrayContaining(['faults.md', 'mixes.md']));
    for (const name of filled) {
      const page = read(`docs/${name}`);
      expect(squeezed(page)).toBe(squeezed(fillTables(page)));
    }
  });

  it('the code of the tutorial is the code that is tested', () => {
    const blocks = [...read('docs/tutorial.md').matchAll(/<!-- file: (\S+) -->\n\n```ts\n([\s\S]*?)```\n/g)];
    expect(blocks.map(([, path]) => path)).toEqual(
      ['database', 'targetOf', 'step1', 'step2', 'target'].map((name) => `examples/sqlite/${name}.ts`),
    );
    for (const [, path, code] of blocks) expect(code).toBe(read(path as string));
  });
});

/** Without what the formatter adds: escapes, empty lines, and the widths of tables. */
function squeezed(markdown: string): string {
  return markdown
    .replace(/\\(?=[_*<])/g, '')
    .replace(/-{3,}/g, '---')
    .replace(/\s+/g, ' ')
    .trim();
}
