/** The faults that a load can be struck by. */
import type { TargetFault } from '../../adapters/contract/index.ts';

export const FAULT_NAMES = [
  'kill-holder',
  'freeze-holder',
  'terminate-session',
  'restart-storage',
  'cut-connection',
  'blackhole',
  'slow-network',
  'clock-skew',
  'pool-exhaustion',
] as const;
export type FaultName = (typeof FAULT_NAMES)[number];

/**
 * How far a request has come when its service is struck. The request is held there until the fault has taken hold.
 * - `entered`: its section has begun.
 * - `read`: its section has read what it protects.
 * - `executed`: its section has written, and is about to commit.
 * - `commit`: the request for its commit has left the service, and never reaches the storage.
 * - `commit-answer`: the storage has carried out the commit, and its answer never reaches the service.
 * - `committed`: its section has committed, and it is about to be paid.
 * - `paid`: it is paid, and about to be answered.
 */
export const STRIKE_POINTS = [
  'entered',
  'read',
  'executed',
  'commit',
  'commit-answer',
  'committed',
  'paid',
] as const;
export type StrikePoint = (typeof STRIKE_POINTS)[number];

export interface Fault {
  readonly name: FaultName;
  /** For people, one line. */
  readonly summary: string;
  /** Those at the commit, if the target says how one is recognised. */
  readonly points: readonly StrikePoint[];
  /**
   * Whom it strikes: the service that holds a section, while the storage and the others work on; or the storage, and so
   * everybody.
   */
  readonly strikes: 'holder' | 'storage';
  /** What the target must offer. */
  readonly needs: 'nothing' | 'fault' | 'network';
}

const INSIDE = ['read', 'executed'] as const satisfies StrikePoint[];
const AT_COMMIT = ['commit', 'commit-answer'] as const satisfies StrikePoint[];

export const FAULTS: readonly Fault[] = [
  {
    name: 'kill-holder',
    summary:
      'a service is killed inside a section, while it commits, or before its effect is paid or answered; a new one replaces it',
    points: [...INSIDE, ...AT_COMMIT, 'committed', 'paid'],
    strikes: 'holder',
    needs: 'nothing',
  },
  {
    name: 'freeze-holder',
    summary:
      'a service stands still inside a section, or while it commits, until somebody else has its stream, and then goes on',
    points: [...INSIDE, ...AT_COMMIT],
    strikes: 'holder',
    needs: 'nothing',
  },
  {
    name: 'terminate-session',
    summary: 'the storage ends the sessions of a service that is inside a section',
    points: ['entered', ...INSIDE],
    strikes: 'holder',
    needs: 'fault',
  },
  {
    name: 'restart-storage',
    summary: 'the storage crashes while a section is about to commit, and comes back',
    points: INSIDE,
    strikes: 'storage',
    needs: 'fault',
  },
  {
    name: 'cut-connection',
    summary:
      'the connections of a service are cut inside a section, before its commit arrives, or before its answer does',
    points: ['entered', 'executed', ...AT_COMMIT],
    strikes: 'holder',
    needs: 'network',
  },
  {
    name: 'blackhole',
    summary: 'nothing passes between a service and the storage any more, and no connection breaks',
    points: [...INSIDE, ...AT_COMMIT],
    strikes: 'holder',
    needs: 'network',
  },
  {
    name: 'slow-network',
    summary: 'everything between a service and the storage takes long',
    points: INSIDE,
    strikes: 'holder',
    needs: 'network',
  },
  {
    name: 'clock-skew',
    summary: 'the clock of a service jumps by more than a day, and back',
    points: INSIDE,
    strikes: 'holder',
    needs: 'nothing',
  },
  {
    name: 'pool-exhaustion',
    summary: 'the storage has no connection left to give, and every service loses those it had',
    points: INSIDE,
    strikes: 'storage',
    needs: 'fault',
  },
];

export function faultOf(name: FaultName): Fault {
  return FAULTS.find((fault) => fault.name === name) as Fault;
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
