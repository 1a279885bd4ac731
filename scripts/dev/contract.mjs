// Puts the clause table into CONTRACT.md, as `lockstep clauses --format markdown` prints it. Run after a build.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const page = join(root, 'CONTRACT.md');
const command = join(root, 'dist', 'scripts', 'lockstep.js');
const { stdout } = spawnSync(process.execPath, [command, 'clauses', '--format', 'markdown'], {
  encoding: 'utf8',
});
const [begin, end] = [/<!-- clauses: begin[^>]*-->\n/, '<!-- clauses: end -->'];
const text = readFileSync(page, 'utf8');
const head = text.slice(0, text.search(begin)) + (begin.exec(text)?.[0] ?? '');
writeFileSync(page, `${head}\n${stdout}\n${text.slice(text.indexOf(end))}`);
spawnSync('npx', ['--no-install', 'prettier', '--write', page], { cwd: root });
