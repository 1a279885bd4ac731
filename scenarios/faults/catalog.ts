/** The faults that a load can be struck by, by their names. A new one is a file in kinds/ and a line in list.ts. */
import type { TargetFault } from '../../adapters/contract/index.ts';
import type { Fault } from './fault.ts';
import * as faults from './list.ts';

export type FaultName = (typeof faults)[keyof typeof faults]['name'];

const LISTED: readonly (typeof faults)[keyof typeof faults][] = Object.values(faults).toSorted((a, b) =>
  a.name < b.name ? -1 : 1,
);
export const FAULTS: readonly Fault<FaultName>[] = LISTED;
export const FAULT_NAMES: readonly FaultName[] = LISTED.map(({ name }) => name);

export function faultOf(name: FaultName): Fault<FaultName> {
  return FAULTS.find((fault) => fault.name === name) as Fault<FaultName>;
}

/** Whether a target offers that fault. */
export function isTargetFault(name: FaultName): name is TargetFault & FaultName {
  return faultOf(name).needs === 'fault';
}

/** What a target offers, as its host describes it. */
export interface Offered {
  readonly faults: readonly TargetFault[];
  /** Those of them that can harm whoever else uses the server. */
  readonly faultsOnServer: readonly TargetFault[];
  readonly network: object | null;
}

/** Whether a target that offers this can be struck by the fault. */
export function isOffered(name: FaultName, { faults, network }: Offered): boolean {
  if (isTargetFault(name)) return faults.includes(name);
  return faultOf(name).needs === 'nothing' || network !== null;
}
