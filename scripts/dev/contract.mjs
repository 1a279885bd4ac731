// Puts the clause table into CONTRACT.md, as `lockstep clauses --format markdown` prints it. Run after a build.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockstep, root, writePage } from './page.mjs';

const { stdout } = spawnSync(process.execPath, [lockstep, 'clauses', '--format', 'markdown'], {
  encoding: 'utf8',
});
const [begin, end] = [/<!-- clauses: begin[^>]*-->\n/, '<!-- clauses: end -->'];
const text = readFileSync(join(root, 'CONTRACT.md'), 'utf8');
const head = text.slice(0, text.search(begin)) + (begin.exec(text)?.[0] ?? '');
writePage('CONTRACT.md', `${head}\n${stdout}\n${text.slice(text.indexOf(end))}`);
