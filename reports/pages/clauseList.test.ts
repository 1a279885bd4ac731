import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CLAUSES } from '../../adapters/contract/index.ts';
import { EXECUTABLE } from '../../suites/executable.ts';
import { CLAUSE_LIST_RENDERERS } from './clauseList.ts';

describe('the clause list', () => {
  it('is what CONTRACT.md shows', () => {
    const page = readFileSync(new URL('../../CONTRACT.md', import.meta.url), 'utf8');
    const table = /<!-- clauses: begin[^>]*-->\n\n?([\s\S]*?)\n?\n<!-- clauses: end -->/.exec(page)?.[1];
    expect(squeezed(table ?? '')).toBe(squeezed(CLAUSE_LIST_RENDERERS.markdown(EXECUTABLE)));
  });

  it('names only clauses that exist', () => {
    const known = new Set(CLAUSES.map((clause) => clause.id));
    expect([...EXECUTABLE].filter((id) => !known.has(id))).toEqual([]);
  });

  it('has unique ids', () => {
    expect(new Set(CLAUSES.map((clause) => clause.id)).size).toBe(CLAUSES.length);
  });
});

/** Without the padding that the formatter adds to tables. */
function squeezed(markdown: string): string {
  return markdown.replace(/ +/g, ' ').replace(/-{3,}/g, '---').trim();
}
