// Writes docs/measured/histories.md: the verdicts of a folder of histories that has an expected.json, with times, and of
// the illegal ones what shows it. Run after a build: node scripts/dev/histories.mjs FOLDER
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { lockstep, writePage } from './page.mjs';

const [given] = process.argv.slice(2);
if (given === undefined) throw new Error('Expected the folder of the histories.');
const folder = resolve(given);
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));

const { files: results } = JSON.parse(check('--json'));
const rows = results.map(({ file, model, operations, steps, verdict, decidedMs }) => {
  const name = basename(file);
  const wanted = expected[name]?.verdict;
  const answer = verdict === wanted ? verdict : `**${verdict}, expected ${wanted}**`;
  return `| ${name} | ${model} | ${operations} | ${answer} | ${steps.toLocaleString('en')} | ${decidedMs} |`;
});
const wrong = results.filter(({ file, verdict }) => verdict !== expected[basename(file)]?.verdict).length;
const decided = results.reduce((sum, { decidedMs }) => sum + decidedMs, 0);

writePage(
  'docs/measured/histories.md',
  `# Public histories

${results.length} histories that others recorded (etcd under Jepsen, and a key-value store of a course on distributed systems)
and published with the checker Porcupine: ${results.length - wrong} of ${results.length} verdicts are the expected ones, in ${(decided / 1000).toFixed(1)} s together.
[How it decides](../checker.md).

| history | model | operations | verdict | steps of the search | ms |
| ------- | ----- | ---------- | ------- | ------------------- | -- |
${rows.join('\n')}

## What is illegal about the illegal ones

Of each, the smallest part that was found; what is marked cannot be placed.

\`\`\`
${check()
  .replaceAll(/^.*✓ .*\n/gm, '')
  .trimEnd()}
\`\`\`
`,
);

/** What `lockstep check` prints of the files. */
function check(...flags) {
  const { stdout, status } = spawnSync('node', [lockstep, 'check', ...files, ...flags], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 1) throw new Error(`Expected illegal histories among them, and got exit status ${status}.`);
  return stdout;
}
