/** Identifies the adapter that a certificate is about, by a hash of its source. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

/**
 * `sha256:` and the hex hash of the target's module and of every local file that it imports, directly or indirectly,
 * with their paths relative to the module. It is the same on every machine. Undefined if the imports cannot be
 * followed.
 *
 * Covered: import, export from, require and import() with a constant path, including JSON and paths of tsconfig.json.
 * Not covered: packages in node_modules (a lock file pins those), and files that are read at run time, such as SQL.
 */
export async function contentHash(url: string): Promise<string | undefined> {
  const module = fileURLToPath(url);
  let files: string[];
  try {
    files = await localFiles(module);
  } catch {
    // The module did load. A bundler that supports less of it must not prevent its certification.
    return undefined;
  }
  const places = files.map((file) => relative(dirname(module), file).replaceAll('\\', '/')).sort();
  const hash = createHash('sha256');
  for (const place of places) {
    const content = createHash('sha256').update(readFileSync(resolve(dirname(module), place)));
    hash.update(JSON.stringify([place, content.digest('hex')]));
  }
  // One module can contain several adapters, which differ in the query of the URL.
  return `sha256:${hash.update(new URL(url).search).digest('hex')}`;
}

/** Uses esbuild because tsx uses it to run the module, so both follow the same imports. Nothing is written. */
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

/** Add-ons and other files that are no source code. They belong to the adapter, but contain no imports to follow. */
const opaque: Plugin = {
  name: 'opaque',
  setup: (build) => {
    build.onLoad({ filter: /./ }, ({ path }) =>
      SOURCE.test(path) ? undefined : { contents: '', loader: 'empty' },
    );
  },
};
