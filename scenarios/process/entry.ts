/**
 * Finds the compiled code. Child processes always run from dist/, even if their parent runs from source under a test
 * runner: compiled JavaScript starts three times as fast as code that a loader compiles.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(import.meta.url);
const fromSource = here.endsWith('.ts');
/** The package's folder. It contains the source and dist/. */
export const packageRoot: string = packageFolder(dirname(here));
const dist = join(packageRoot, 'dist');
/** The folder of the running code: source or compiled. */
export const codeRoot: string = fromSource ? packageRoot : dist;

/** Searched for, because bundles in several folders contain this code. */
function packageFolder(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  if (dirname(from) === from) throw new Error(`Expected a package.json above ${here}.`);
  return packageFolder(dirname(from));
}

/**
 * The compiled file of a module. `module` is its path in the repository without extension. Throws if it is not built.
 */
export function compiledEntry(module: string): string {
  const path = join(dist, `${module}.js`);
  if (!existsSync(path)) throw new Error(`Expected the compiled file ${path}; run npm run build.`);
  return path;
}

function readBuildId(): string {
  const path = join(dist, 'build-id');
  if (!existsSync(path)) throw new Error(`Expected the build id ${path}; run npm run build.`);
  return readFileSync(path, 'utf8').trim();
}

const ownBuildId = fromSource ? undefined : readBuildId();

/**
 * The build that this process runs; or, from source, the build that its children will run. Compiled code reads it once,
 * so that a rebuild under a running parent is noticed.
 */
export function buildId(): string {
  return ownBuildId ?? readBuildId();
}
