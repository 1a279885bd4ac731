/** The targets in this folder. */
import type { TargetReference } from '../process/commands.ts';

function reference(name: string): TargetReference {
  return { spec: `./${name}.ts`, url: new URL(`./${name}.ts`, import.meta.url).href };
}

export const CHAIN_LOCK: TargetReference = reference('chainLock');
export const FILE_LOCK: TargetReference = reference('fileLock');
export const MISBEHAVING: TargetReference = reference('misbehaving');
