/** The steps of a move in their order, as data: what each does, what it puts at risk, and how it is rolled back. */

import { STEP_NAMES, type GateName, type StepName } from '../../contract/migration/moveSteps.ts';

export interface Step {
  readonly name: StepName;
  readonly does: string;
  readonly risks: string;
  /** How the step is rolled back. */
  readonly back: string;
  readonly gates: readonly GateName[];
}

export const STEPS: readonly Step[] = [
  {
    name: 'schema',
    does: 'checks both sides: their surfaces, tables and indexes, that they are two different storages, and that the new one is free for this move. Then marks both as sides of this move',
    risks: 'nothing: it stores one record of the operator on each side',
    back: 'nothing to roll back',
    gates: ['sides', 'schema', 'empty'],
  },
  {
    name: 'begin',
    does: 'sets epoch 1 on both sides: the old one decides, and the new one accepts only copies',
    risks: 'programs that write to the new side directly are refused from now on',
    back: 'nothing to roll back: the old side decides as before, and still accepts writes of older versions',
    gates: ['order', 'sides'],
  },
  {
    name: 'bridged',
    does: 'orders every instance to take the lock of the new side after that of the old one',
    risks: 'each section waits for one more lock, at most until the time limit of the new side',
    back: 'orders `before`: instances take only the locks of the old side',
    gates: ['order', 'fleet'],
  },
  {
    name: 'dual',
    does: 'orders every instance to copy its writes to the new side',
    risks:
      'each write costs a copy. If the copy fails, the write still succeeds, and the copy is owed and repaired',
    back: 'orders `bridged`: nothing is copied any more, and the backfill must be repeated',
    gates: ['order', 'fleet', 'sections'],
  },
  {
    name: 'backfill',
    does: 'copies the earlier records of the old side, in batches. Continues where it stopped',
    risks: 'load on both sides while it runs',
    back: 'nothing to roll back: the new side has copies that nobody reads',
    gates: ['order', 'fleet', 'sections'],
  },
  {
    name: 'compare',
    does: 'repairs what is owed, and compares the sides',
    risks: 'load on both sides while it runs',
    back: 'nothing to roll back',
    gates: ['order', 'fleet'],
  },
  {
    name: 'rehearse',
    does: 'tests the way back without taking it: each side must refuse writers of other epochs, and the old side must accept the records of the new one (in a section that is rolled back) and its cursors',
    risks: 'nothing: what it writes is rolled back',
    back: 'nothing to roll back',
    gates: ['order', 'fleet', 'debts', 'comparison'],
  },
  {
    name: 'reads',
    does: 'orders instances to read on the new side: a growing share of keys, and then all',
    risks: 'clients see the records of the new side. While copies are owed, the old side is read',
    back: 'orders `dual`: the old side answers every read',
    gates: ['order', 'fleet', 'sections', 'debts', 'comparison', 'way-back'],
  },
  {
    name: 'hand-over',
    does: 'moves the authority: writes stop, the last copies are made, and the new side decides. From then on, writes are copied to the old side',
    risks:
      'writes wait while neither side decides. Sections that last longer than the drain are ended. Versions without the migrating adapter are refused',
    back: 'hands the authority back to the old side, which has every write',
    gates: ['order', 'fleet', 'sections', 'debts', 'comparison', 'way-back'],
  },
  {
    name: 'finish',
    does: 'ends the copies to the old side, which refuses every write from then on',
    risks: 'there is no way back after it',
    back: 'cannot be rolled back',
    gates: ['order', 'fleet', 'debts', 'comparison', 'lifetimes'],
  },
];

export function stepOf(name: StepName): Step {
  return STEPS.find((step) => step.name === name) as Step;
}

export function isStepName(name: string): name is StepName {
  return (STEP_NAMES as readonly string[]).includes(name);
}
