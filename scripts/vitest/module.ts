/** Resolves the target that a test file names, and checks whether vitest knows that the test depends on it. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * The `file:` URL of `target`: a path, relative to the test file or absolute, or a `file:` URL. Throws TypeError for anything
 * else, and where no file is.
 */
export function targetUrl(target: string | URL, testFile: string): string {
  const path = pathOf(target, testFile);
  if (path === undefined)
    throw new TypeError(
      `certifyAdapter: expected the path of the target's module, like './target.ts', or its file: URL; got ${String(target)}.`,
    );
  if (existsSync(path)) return typeof target === 'object' ? target.href : hrefOf(target, path);
  throw new TypeError(
    `certifyAdapter: expected the target's module at ${path}; there is no such file. A path is relative to the test file, ${testFile}.`,
  );
}

function pathOf(target: string | URL, testFile: string): string | undefined {
  const text = String(target);
  if (text.startsWith('file:')) return fileURLToPath(text);
  return text === '' || /^[a-z]{2,}:/i.test(text) ? undefined : resolve(dirname(testFile), text);
}

/** If `target` is a URL, its query is kept. */
function hrefOf(target: string, path: string): string {
  return target.startsWith('file:') ? target : pathToFileURL(path).href;
}

/** An import with a literal path. Vitest only follows these. */
const IMPORTED = /\b(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;

/**
 * Whether the test file imports the module at `path` itself. A path in a text tells vitest nothing: without an import
 * `vitest --watch` does not run the test again when the adapter changes.
 */
export function importsTarget(testFile: string, path: string): boolean {
  const imports = readFileSync(testFile, 'utf8').matchAll(IMPORTED);
  return [...imports].some(([, named]) => resolve(dirname(testFile), named as string) === path);
}
