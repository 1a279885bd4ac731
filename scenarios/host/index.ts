/** Hosts: processes in which adapters are opened and run programs. */
export type {
  CloseOutcome,
  CodecCall,
  CodecFunction,
  CodecResult,
  LoadedTarget,
  OpenInstanceOptions,
  Service,
  TargetReference,
} from './commands.ts';
export {
  FAILURE_KINDS,
  HostLost,
  OtherBuild,
  TargetFailure,
  type FailureKind,
  type TargetFailureData,
} from './failure.ts';
export { startHost, type Host, type HostOptions, type OpenedInstance } from './host.ts';
export { loadTarget } from './loadTarget.ts';
export { countOrders, enumerateChoices, orderKey } from './orders.ts';
export { createHostPool, type HostPool, type HostPoolOptions, type Lease } from './pool.ts';
export { runProgram } from './run.ts';
