/** Imports modules of users, TypeScript too, that may import `lockstep` although it is not installed beside them. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { offerOwnPackage } from './target/ownPackage.ts';

/** Imports the module at a `file:` URL. */
export type ImportModule = (url: string) => Promise<unknown>;

const TYPESCRIPT = /\.[cm]?tsx?$/;

/** Prepares this process and imports. Rejects as `import` does. */
export async function importModule(url: string): Promise<unknown> {
  await prepareImport(url);
  return importByNode(url);
}

/** What Node.js needs for the module at `url`; not part of the time that the module itself takes. */
export async function prepareImport(url: string): Promise<void> {
  if (TYPESCRIPT.test(fileURLToPath(url))) await registerTypeScript();
  offerOwnPackage(url);
}

/** After `prepareImport`. */
export async function importByNode(url: string): Promise<unknown> {
  // Imported, a .cts file could require no ES module, lockstep for one.
  return url.endsWith('.cts') ? { default: createRequire(url)(fileURLToPath(url)) } : import(url);
}

/** A CommonJS module that was compiled from ESM carries its default export one level deeper. */
export function defaultExport(module: unknown): unknown {
  const outer = (module as { readonly default?: unknown }).default;
  const isModule =
    typeof outer === 'object' && outer !== null && ('default' in outer || '__esModule' in outer);
  return isModule ? (outer as { readonly default?: unknown }).default : outer;
}

/** For ESM and CommonJS both: which of them a .ts file is depends on the package.json above it. */
async function registerTypeScript(): Promise<void> {
  const [esm, commonJs] = await Promise.all([import('tsx/esm/api'), import('tsx/cjs/api')]);
  if (registered) return;
  registered = true;
  esm.register();
  commonJs.register();
}

let registered = false;
