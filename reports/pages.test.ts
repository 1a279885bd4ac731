/** The pages in docs/ say what the contract and the examples say. `node scripts/dev/docs.mjs` makes them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FAULT_NAMES } from '../scenarios/faults/catalog.ts';
import { MIX_NAMES } from '../scenarios/load/mixes/types.ts';
import { EXECUTABLE } from '../suites/executable.ts';
import { capabilitiesPage, clausesPage } from './pages.ts';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

describe('the pages in docs/ are in step', () => {
  it('clauses', () => {
    expect(squeezed(read('docs/clauses.md'))).toBe(squeezed(clausesPage(EXECUTABLE)));
  });

  it('capabilities', () => {
    const source = read('adapters/contract/capabilities.ts');
    expect(squeezed(read('docs/capabilities.md'))).toBe(squeezed(capabilitiesPage(source)));
  });

  it('mixes and faults: each has a row', () => {
    const rowOf = (page: string, name: string): string | undefined =>
      new RegExp(`^\\| \`${name}\` .*$`, 'm').exec(read(page))?.[0];
    expect(MIX_NAMES.filter((name) => rowOf('docs/mixes.md', name) === undefined)).toEqual([]);
    expect(FAULT_NAMES.filter((name) => rowOf('docs/faults.md', name) === undefined)).toEqual([]);
  });

  it('the code of the tutorial is the code that is tested', () => {
    const blocks = [...read('docs/tutorial.md').matchAll(/<!-- file: (\S+) -->\n\n```ts\n([\s\S]*?)```\n/g)];
    expect(blocks.map(([, path]) => path)).toEqual(
      ['database', 'targetOf', 'step1', 'step2', 'target'].map((name) => `examples/sqlite/${name}.ts`),
    );
    for (const [, path, code] of blocks) expect(code).toBe(read(path as string));
  });
});

/** Without what the formatter adds: escapes and empty lines. */
function squeezed(markdown: string): string {
  return markdown
    .replace(/\\(?=[_*<])/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
