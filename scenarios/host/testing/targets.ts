/** The targets in this folder, compiled: of TypeScript each process that loads one would load a compiler as well. */
import { pathToFileURL } from 'node:url';
import { compiledEntry } from '../../process/index.ts';
import type { TargetReference } from '../process/commands.ts';

function reference(name: string): TargetReference {
  return { spec: `./${name}.ts`, url: pathToFileURL(compiledEntry(`scenarios/host/testing/${name}`)).href };
}

export const CHAIN_LOCK: TargetReference = reference('chainLock');
export const FILE_LOCK: TargetReference = reference('fileLock');
export const MISBEHAVING: TargetReference = reference('misbehaving');
