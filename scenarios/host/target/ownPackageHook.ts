/** The part of ownPackage.ts that Node runs in its loader thread. */
import type { InitializeHook, ResolveHook } from 'node:module';
import { pathToFileURL } from 'node:url';

let entries: ReadonlyMap<string, string> = new Map();

export const initialize: InitializeHook<ReadonlyMap<string, string>> = (data) => {
  entries = data;
};

export const resolve: ResolveHook = (specifier, context, nextResolve) => {
  const path = entries.get(specifier);
  if (path === undefined) return nextResolve(specifier, context);
  return { url: pathToFileURL(path).href, format: 'module', shortCircuit: true };
};
