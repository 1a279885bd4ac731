// Runs one measurement of scripts/bench: npm run bench -- NAME [OPTIONS].
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(fileURLToPath(new URL('../..', import.meta.url)), 'dist', 'scripts', 'bench');
const [name = '', ...options] = process.argv.slice(2);
const entry = [join(folder, name, 'index.js'), join(folder, `${name}.js`)].find((path) => existsSync(path));
if (name === '' || entry === undefined) {
  const names = readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory());
  console.error(
    `Expected the name of a measurement, ${names.map((one) => one.name).join(', ')}, got ${JSON.stringify(name)}. For example: npm run bench -- settle`,
  );
  process.exit(2);
}
process.exit(spawnSync(process.execPath, [entry, ...options], { stdio: 'inherit' }).status ?? 1);
