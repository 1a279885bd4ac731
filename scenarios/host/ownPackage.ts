/**
 * Lets a target import `lockstep` although it is not installed beside it, as when lockstep was started by npx from
 * another folder: the name then leads to the running copy.
 */
import Module, { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { compiledEntry } from '../process/index.ts';

const PACKAGE = 'lockstep';

interface Resolver {
  _resolveFilename: (this: unknown, request: string, ...rest: unknown[]) => string;
}

/** Makes `lockstep` resolvable for modules at `url`, unless it is. After other loaders were registered. */
export function offerOwnPackage(url: string): void {
  if (offered || isResolvable(url)) return;
  offered = true;
  const entry = compiledEntry('adapters/contract/index');
  register(pathToFileURL(compiledEntry('scenarios/host/ownPackageHook')), { data: { name: PACKAGE, entry } });
  const resolver = Module as unknown as Resolver;
  const original = resolver._resolveFilename;
  resolver._resolveFilename = function (request, ...rest) {
    if (request === PACKAGE) return entry;
    return original.call(this, request, ...rest);
  };
}

let offered = false;

function isResolvable(url: string): boolean {
  try {
    createRequire(url).resolve(PACKAGE);
    return true;
  } catch {
    return false;
  }
}
