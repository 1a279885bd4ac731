/** A write outside sections that is interrupted: it has happened, and nobody has noted that its copy is owed. */
import type { MigrationSide } from '../../../adapters/contract/index.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { valueOf, type Observed } from '../../harness/judging/observe.ts';

/** The new side refuses the copy. The old side notes the write before it is made, and nothing after that. */
const TROUBLES: readonly Step[] = [
  { do: 'trouble', side: 'new', trouble: { how: 'refused', of: 'writes' } },
  { do: 'trouble', side: 'old', trouble: { how: 'refused', of: 'writes', store: 'idempotency', after: 1 } },
];

const heal = (side: MigrationSide): Step => ({ do: 'heal', side });
const HEALED: readonly Step[] = [heal('old'), heal('new')];

/** For setups, before the move begins: handles for writers that are opened before any trouble never meet any. */
export const ARMED: readonly Step[] = [...TROUBLES, ...HEALED];

/** Interrupts the write as if its process had died behind it. */
export function cutOff(write: CallStep): Step[] {
  return [...TROUBLES, write, ...HEALED];
}

export function wasCutOff(steps: readonly Observed[]): boolean {
  return steps.some(
    ({ step, record }) => step.do === 'heal' && step.side === 'old' && Number(valueOf(record)) > 0,
  );
}
