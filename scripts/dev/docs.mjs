// Writes docs/clauses.md and docs/capabilities.md from the clause list, fills the tables of the other pages from the
// lists of the code, and puts the files that docs/tutorial.md names into it. Run after a build, from anywhere.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, writePage } from './page.mjs';

const { capabilitiesPage, clausesPage } = await import(join(root, 'dist', 'reports', 'pages', 'pages.js'));
const { fillTables } = await import(join(root, 'dist', 'reports', 'pages', 'docTables.js'));
const { EXECUTABLE } = await import(join(root, 'dist', 'suites', 'executable.js'));

const tutorial = join(root, 'docs', 'tutorial.md');
const pages = {
  'docs/clauses.md': clausesPage(EXECUTABLE),
  'docs/capabilities.md': capabilitiesPage(
    readFileSync(join(root, 'adapters', 'contract', 'capabilities.ts'), 'utf8'),
  ),
  'docs/tutorial.md': readFileSync(tutorial, 'utf8').replace(
    /<!-- file: (\S+) -->\n(?:\n```ts\n[\s\S]*?\n```\n)?/g,
    (_, path) => `<!-- file: ${path} -->\n\n\`\`\`ts\n${readFileSync(join(root, path), 'utf8')}\`\`\`\n`,
  ),
};
for (const [path, text] of Object.entries(pages)) writePage(path, text);
for (const name of readdirSync(join(root, 'docs')).filter((each) => each.endsWith('.md'))) {
  const text = readFileSync(join(root, 'docs', name), 'utf8');
  const filled = fillTables(text);
  if (filled !== text) writePage(`docs/${name}`, filled);
}
