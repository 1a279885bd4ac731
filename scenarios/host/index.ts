/** Hosts: processes in which adapters are opened and run programs. Orders of programs are in orders.ts. */
export { endOf, joined, NOTHING_BESIDE, type Beside, type Stray } from './beside.ts';
export {
  CLOSE_BOUND_MS,
  IMPORT_BOUND_MS,
  OPEN_BOUND_MS,
  START_BOUND_MS,
  STOP_BOUND_MS,
  TRIAL_BOUND_MS,
} from './bounds.ts';
export type { CodecCall, CodecResult, LoadedTarget, TargetReference } from './commands.ts';
export { contentHash } from './contentHash.ts';
export { startHost, type Host, type OpenedInstance } from './host.ts';
export type { Leak } from './leaks.ts';
export type { ImportModule } from './importModule.ts';
export { loadTarget } from './loadTarget.ts';
export { createHostPool, type HostPool, type Lease } from './pool.ts';
export { runActs, runProgram } from './run.ts';
export type { Act } from './stage.ts';
export { StorageWatch } from './storageWatch.ts';
