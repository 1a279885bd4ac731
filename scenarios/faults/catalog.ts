/** The faults that can strike a load, by name. A new fault is a file in kinds/ and a line in list.ts. */
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

/** Whether a target itself offers the fault. */
export function isTargetFault(name: FaultName): name is TargetFault & FaultName {
  return faultOf(name).needs === 'fault';
}

/** What a target offers, as its host describes it. */
export interface Offered {
  readonly faults: readonly TargetFault[];
  /** The faults among them that can harm other users of the server. */
  readonly faultsOnServer: readonly TargetFault[];
  readonly network: object | null;
}

/** Whether the fault can strike a target that offers `offered`. */
export function isOffered(name: FaultName, { faults, network }: Offered): boolean {
  if (isTargetFault(name)) return faults.includes(name);
  return faultOf(name).needs === 'nothing' || network !== null;
}
