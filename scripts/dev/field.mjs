// Writes docs/field.md: certifies each target of examples/field by the clause that is named for its bug, and puts what lockstep
// drew beside the target. Run after a build, from anywhere.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { register } from 'tsx/esm/api';
import { root, writePage } from './page.mjs';

register();
const { BUGS } = await import(join(root, 'examples', 'field', 'bugs.ts'));
const dist = (path) => import(join(root, 'dist', path));
const { certify } = await dist('suites/certify.js');
const { drawBlocks } = await dist('reports/document/terminal/draw.js');
const { violationArticle } = await dist('reports/run/clauses.js');
const { findClause } = await dist('adapters/contract/index.js');

const SEED = 1;
const STYLE = { color: false, columns: 100 };

async function counterexample({ name, clause }) {
  const spec = `examples/field/${name}.ts`;
  const { clauses } = await certify({
    target: { spec, url: pathToFileURL(join(root, spec)).href },
    pg: 'embedded',
    only: [clause],
    runs: 50,
    seed: SEED,
    processes: 2,
    budgetMs: 120_000,
    inProcess: false,
    runId: 'field',
    now: () => performance.now(),
  });
  const result = clauses.find((one) => one.clause === clause);
  if (result?.status !== 'violated') throw new Error(`${spec}: ${clause} is ${result?.status}`);
  // The first line says how long it took, which is another time each time.
  const [, ...blocks] = violationArticle(result, { target: spec, processes: 2 }).blocks;
  // Where the checkout lies is nobody's business.
  return drawBlocks(blocks, STYLE)
    .replaceAll(`${pathToFileURL(root).href}/`, 'file://')
    .replaceAll(`${root}/`, '');
}

const host = (url) => {
  const { hostname, pathname } = new URL(url);
  return hostname === 'github.com' ? pathname.slice(1).replace(/\/(?:issues|pull)\//, ' #') : hostname;
};

const parts = [];
for (const bug of BUGS) {
  const source = readFileSync(join(root, 'examples', 'field', `${bug.name}.ts`), 'utf8').trimEnd();
  const links = bug.sources.map((url) => `[${host(url)}](${url})`).join(', ');
  parts.push(`### ${bug.title}

${bug.what} (${links})

**${bug.clause}**: ${findClause(bug.clause).text}

\`\`\`ts
${source}
\`\`\`

\`\`\`
${await counterexample(bug)}
\`\`\`
`);
  console.log(`${bug.name}: ${bug.clause}`);
}

const page = join(root, 'docs', 'field.md');
const [before] = readFileSync(page, 'utf8').split('<!-- bugs -->');
const [, after] = readFileSync(page, 'utf8').split('<!-- end of bugs -->');
writePage('docs/field.md', `${before}<!-- bugs -->\n\n${parts.join('\n')}\n<!-- end of bugs -->${after}`);
