// Builds dist/ incrementally: compiles, copies what is no code beside it, and stamps
// the build, so that a process started from another build refuses to work with this one.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
if (!existsSync(tsc)) {
  // `npm install <tarball>` never runs this; `npm ci --omit=dev` does, without a compiler.
  console.error('lockstep: dev dependencies are missing, so dist/ was not built. Run npm ci.');
  process.exit(existsSync(join(root, 'dist')) ? 0 : 1);
}
const compiled = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

// A run starts hundreds of processes, and to load a hundred files takes longer than to read one.
const { build } = await import('esbuild');
const oneFile = {
  absWorkingDir: root,
  outdir: 'dist',
  outbase: '.',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
};
// What is used of zod: see its source. The license goes with it.
const license = readFileSync(join(root, 'node_modules', 'zod', 'LICENSE'), 'utf8').trim();
await build({
  ...oneFile,
  entryPoints: ['adapters/contract/zod.ts'],
  banner: { js: `/*!\n${license}\n*/` },
});
// The files of adapters/ stay by themselves: a target loads them as well. From where they are imported is known at the end.
const ADAPTERS = '/the adapters/';
const besideAdapters = {
  name: 'adapters',
  setup: (plugin) =>
    plugin.onResolve({ filter: /^\.\.\/.*adapters\// }, ({ path }) => ({
      path: path.replace(/^[./]*\/adapters\//, ADAPTERS).replace(/\.ts$/, '.js'),
      external: true,
    })),
};
async function bundle(options) {
  const { outputFiles } = await build({
    ...oneFile,
    packages: 'external',
    plugins: [besideAdapters],
    write: false,
    ...options,
  });
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    const adapters = relative(dirname(path), join(root, 'dist', 'adapters')).replaceAll(sep, '/');
    writeFileSync(path, text.replaceAll(`"${ADAPTERS}`, `"${adapters}/`));
  }
}
// What the processes of a run start with.
for (const entry of [
  'scenarios/host/process/main.ts',
  'scenarios/load/service/service.ts',
  'scenarios/load/driver/driver.ts',
])
  await bundle({ entryPoints: [entry] });
// The command line, and what others import: one process may load several of these, so they share what they have in common.
const filesIn = (folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`);
rmSync(join(root, 'dist', 'scripts', 'shared'), { recursive: true, force: true });
await bundle({
  entryPoints: [
    'scripts/lockstep.ts',
    'scripts/main.ts',
    ...filesIn('scripts/commands'),
    ...filesIn('scripts/actions'),
    'scripts/config/index.ts',
    'scripts/vitest/index.ts',
    'scenarios/index.ts',
    'suites/certify.ts',
    'suites/executable.ts',
  ],
  splitting: true,
  chunkNames: 'scripts/shared/[name]-[hash]',
});

const migrations = join('adapters', 'postgres', 'migrations');
mkdirSync(join(root, 'dist', migrations), { recursive: true });
cpSync(join(root, migrations), join(root, 'dist', migrations), { recursive: true });
// For programs that read results.
const schemas = join('reports', 'schemas');
cpSync(join(root, schemas), join(root, 'dist', schemas), { recursive: true });
// What `lockstep init` writes: sources, to be changed by who asked for them.
const starter = join(root, 'dist', 'scripts', 'starter');
rmSync(starter, { recursive: true, force: true });
cpSync(join(root, 'examples', 'starter'), starter, { recursive: true });

// npx runs the command of the checkout itself, which no installer has made executable.
chmodSync(join(root, 'dist', 'scripts', 'lockstep.js'), 0o755);

const hash = createHash('sha256');
for (const name of readdirSync(join(root, 'dist'), { recursive: true }).map(String).sort()) {
  if (/\.(js|sql)$/.test(name)) hash.update(name).update(readFileSync(join(root, 'dist', name)));
}
writeFileSync(join(root, 'dist', 'build-id'), hash.digest('hex').slice(0, 16));
