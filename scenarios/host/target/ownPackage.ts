/**
 * Lets a target import `lockstep` and the package's other exports (such as `lockstep/bridge`) even if lockstep is not
 * installed next to it, for example when npx starts lockstep from another folder. The names then lead to the running
 * copy.
 */
import Module, { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { compiledEntry } from '../../process/index.ts';

const PACKAGE = 'lockstep';

interface Resolver {
  _resolveFilename: (this: unknown, request: string, ...rest: unknown[]) => string;
}

/**
 * Makes the package resolvable for modules at `url`, unless it already is. Call it after other loaders were registered.
 */
export function offerOwnPackage(url: string): void {
  if (offered || isResolvable(url)) return;
  offered = true;
  const entries = ownEntries();
  register(pathToFileURL(compiledEntry('scenarios/host/target/ownPackageHook')), { data: entries });
  const resolver = Module as unknown as Resolver;
  const original = resolver._resolveFilename;
  resolver._resolveFilename = function (request, ...rest) {
    return entries.get(request) ?? original.call(this, request, ...rest);
  };
}

let offered = false;

/** The file of each name that the package exports. Inside a package, its own name leads to its exports. */
function ownEntries(): ReadonlyMap<string, string> {
  const inside = createRequire(compiledEntry('scenarios/host/target/ownPackageHook'));
  const { exports } = inside(`${PACKAGE}/package.json`) as { readonly exports: object };
  const modules = Object.keys(exports).filter((path) => !path.endsWith('.json'));
  const names = modules.map((path) => PACKAGE + path.slice(1));
  return new Map(names.map((name) => [name, inside.resolve(name)]));
}

function isResolvable(url: string): boolean {
  try {
    createRequire(url).resolve(PACKAGE);
    return true;
  } catch {
    return false;
  }
}
