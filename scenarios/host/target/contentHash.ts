/** What of an adapter a certificate speaks of: a hash of its source. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

/**
 * `sha256:` and the hex hash of the target's module and of every local file that it imports, directly or not, with
 * their places relative to the module: the same on every machine. Undefined when the imports cannot be followed.
 *
 * Covered: import, export from, require and import() with a constant path, JSON and paths of tsconfig.json included.
 * Not covered: packages from node_modules (a lock file binds those), and files read at run time, SQL for one.
 */
export async function contentHash(url: string): Promise<string | undefined> {
  const module = fileURLToPath(url);
  let files: string[];
  try {
    files = await localFiles(module);
  } catch {
    // The module did load; a bundler that knows less of it must not stop its certification.
    return undefined;
  }
  const places = files.map((file) => relative(dirname(module), file).replaceAll('\\', '/')).sort();
  const hash = createHash('sha256');
  for (const place of places) {
    const content = createHash('sha256').update(readFileSync(resolve(dirname(module), place)));
    hash.update(JSON.stringify([place, content.digest('hex')]));
  }
  // One module can hold several adapters, told apart by the query of its URL.
  return `sha256:${hash.update(new URL(url).search).digest('hex')}`;
}

/** esbuild, since tsx runs the module by it: both follow the same imports. Nothing is written. */
async function localFiles(module: string): Promise<string[]> {
  const { build } = await import('esbuild');
  const { metafile } = await build({
    entryPoints: [module],
    absWorkingDir: dirname(module),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    metafile: true,
    write: false,
    outdir: dirname(module),
    logLevel: 'silent',
    plugins: [opaque],
  });
  return Object.keys(metafile.inputs).map((file) => resolve(dirname(module), file));
}

const SOURCE = /\.([cm]?[jt]sx?|json)$/;

/** Addons and whatever else is no source: part of the adapter, but nothing in it to follow. */
const opaque: Plugin = {
  name: 'opaque',
  setup: (build) => {
    build.onLoad({ filter: /./ }, ({ path }) =>
      SOURCE.test(path) ? undefined : { contents: '', loader: 'empty' },
    );
  },
};
