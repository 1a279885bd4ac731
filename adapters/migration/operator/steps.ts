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
    does: 'looks at both sides: surfaces, tables and indexes, whether they are two, and whether the new one is free for this move; marks both as its sides',
    risks: 'nothing: one record of the operator on each side',
    back: 'nothing to take back',
    gates: ['sides', 'schema', 'empty'],
  },
  {
    name: 'begin',
    does: 'sets epoch 1 on both sides: the old one decides, and the new one refuses every write that is no copy',
    risks: 'whoever writes to the new side past the move is refused from now on',
    back: 'nothing to take back: the old side decides as before, and takes the writes of older versions, too',
    gates: ['order', 'sides'],
  },
  {
    name: 'bridged',
    does: 'has every instance take the lock of the new side after that of the old one',
    risks: 'each section waits for one more lock, at most for the bound of the new side',
    back: 'orders `before`: locks of the old side alone',
    gates: ['order', 'fleet'],
  },
  {
    name: 'dual',
    does: 'has every instance copy what it writes to the new side',
    risks: 'each write costs a copy; one that fails is owed and repaired, and the write stands',
    back: 'orders `bridged`: nothing is copied any more, and the backfill has to be made again',
    gates: ['order', 'fleet', 'sections'],
  },
  {
    name: 'backfill',
    does: 'copies what the old side held before, in batches, from where it stopped',
    risks: 'load on both sides while it runs',
    back: 'nothing to take back: the new side has copies that nobody reads',
    gates: ['order', 'fleet', 'sections'],
  },
  {
    name: 'compare',
    does: 'repairs what is owed, and compares the sides',
    risks: 'load on both sides while it runs',
    back: 'nothing to take back',
    gates: ['order', 'fleet'],
  },
  {
    name: 'rehearse',
    does: 'tries the way back without taking it: epochs refuse whom they must, the old side takes the records of the new one in a section that is rolled back, and goes on from its cursors',
    risks: 'nothing: what it writes is rolled back',
    back: 'nothing to take back',
    gates: ['order', 'fleet', 'debts', 'comparison'],
  },
  {
    name: 'reads',
    does: 'has the new side answer reads: of a growing share of keys, and then of all',
    risks: 'clients see what the new side has; what is owed is read on the old side',
    back: 'orders `dual`: the old side answers every read',
    gates: ['order', 'fleet', 'sections', 'debts', 'comparison', 'way-back'],
  },
  {
    name: 'hand-over',
    does: 'moves the authority: writes stop, the last copies are made, and the new side decides. Copies go on to the old side',
    risks:
      'writes wait while neither side decides; sections that last longer than the drain are ended; versions that know of no move are refused',
    back: 'hands the authority to the old side, which has every write since',
    gates: ['order', 'fleet', 'sections', 'debts', 'comparison', 'way-back'],
  },
  {
    name: 'finish',
    does: 'ends the copies to the old side, which refuses every write from then on',
    risks: 'there is no way back after it',
    back: 'cannot be taken back',
    gates: ['order', 'fleet', 'debts', 'comparison', 'lifetimes'],
  },
];

export function stepOf(name: StepName): Step {
  return STEPS.find((step) => step.name === name) as Step;
}

export function isStepName(name: string): name is StepName {
  return (STEP_NAMES as readonly string[]).includes(name);
}
