/** Hosts: processes in which adapters are opened and run programs. Orders of programs are in orders.ts. */
export { endOf, joined, NOTHING_BESIDE, type Beside, type Stray } from './beside/beside.ts';
export {
  CLOSE_BOUND_MS,
  IMPORT_BOUND_MS,
  OPEN_BOUND_MS,
  START_BOUND_MS,
  STOP_BOUND_MS,
  TRIAL_BOUND_MS,
} from './process/bounds.ts';
export type { CodecCall, CodecResult, LoadedTarget, TargetReference } from './process/commands.ts';
export { contentHash } from './target/contentHash.ts';
export { startHost, type Host, type OpenedInstance } from './process/host.ts';
export type { Leak } from './beside/leaks.ts';
export type { ImportModule } from './importModule.ts';
export { loadTarget } from './target/loadTarget.ts';
export { createHostPool, type HostPool, type Loan } from './process/pool.ts';
export { runActs, runProgram } from './running/run.ts';
export type { Act } from './running/stage.ts';
export { StorageWatch } from './target/storageWatch.ts';
