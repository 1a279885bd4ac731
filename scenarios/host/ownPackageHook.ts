/** The part of ownPackage.ts that node runs in its loader's thread. */
import type { InitializeHook, ResolveHook } from 'node:module';
import { pathToFileURL } from 'node:url';

let own: { readonly name: string; readonly entry: string } | undefined;

export const initialize: InitializeHook<{ readonly name: string; readonly entry: string }> = (data) => {
  own = data;
};

export const resolve: ResolveHook = (specifier, context, nextResolve) =>
  specifier === own?.name
    ? { url: pathToFileURL(own.entry).href, format: 'module', shortCircuit: true }
    : nextResolve(specifier, context);
