/**
 * Imports users' modules, including TypeScript. They may import `lockstep` even if it is not installed next to them.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { offerOwnPackage } from './target/ownPackage.ts';

/** Imports the module at a `file:` URL. */
export type ImportModule = (url: string) => Promise<unknown>;

const TYPESCRIPT = /\.[cm]?tsx?$/;

/** Prepares this process and imports the module. Rejects like `import`. */
export async function importModule(url: string): Promise<unknown> {
  await prepareImport(url);
  return importByNode(url);
}

/** Prepares Node.js for the module at `url`. The time for this does not count as the module's own. */
export async function prepareImport(url: string): Promise<void> {
  if (TYPESCRIPT.test(fileURLToPath(url))) await registerTypeScript();
  offerOwnPackage(url);
}

/** Imports a module. Call `prepareImport` first. */
export async function importByNode(url: string): Promise<unknown> {
  // With `import`, a .cts file could not require ES modules such as lockstep.
  return url.endsWith('.cts') ? { default: createRequire(url)(fileURLToPath(url)) } : import(url);
}

/** A CommonJS module that was compiled from ESM has its default export one level deeper. */
export function defaultExport(module: unknown): unknown {
  const outer = (module as { readonly default?: unknown }).default;
  const isModule =
    typeof outer === 'object' && outer !== null && ('default' in outer || '__esModule' in outer);
  return isModule ? (outer as { readonly default?: unknown }).default : outer;
}

/** For both ESM and CommonJS, because the nearest package.json decides which of them a .ts file is. */
async function registerTypeScript(): Promise<void> {
  const [esm, commonJs] = await Promise.all([import('tsx/esm/api'), import('tsx/cjs/api')]);
  if (registered) return;
  registered = true;
  esm.register();
  commonJs.register();
}

let registered = false;
