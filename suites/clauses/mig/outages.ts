/** Ways in which the new side fails an instance for a while. */
import type { Step } from '../../../scenarios/host/language/program.ts';
import type { Observed } from '../../harness/judging/observe.ts';
import { valueOf } from '../../harness/judging/observe.ts';

const OUTAGE_NAMES = [
  'closed',
  'refuses everything',
  'refuses writes',
  'refuses one write',
  'rejects records',
  'answers late',
] as const;
export type OutageName = (typeof OUTAGE_NAMES)[number];

/** So short that the side does not count as slow, and so long that later calls overtake earlier ones. */
const LATE_MS = 25;

const BEGIN: Readonly<Record<OutageName, Step>> = {
  // An adapter whose pool has ended sees this.
  closed: { do: 'close', side: 'new' },
  'refuses everything': { do: 'trouble', side: 'new', trouble: { how: 'refused', of: 'all' } },
  'refuses writes': { do: 'trouble', side: 'new', trouble: { how: 'refused', of: 'writes' } },
  'refuses one write': { do: 'trouble', side: 'new', trouble: { how: 'refused', of: 'writes', times: 1 } },
  'rejects records': { do: 'trouble', side: 'new', trouble: { how: 'rejected', of: 'writes' } },
  'answers late': { do: 'trouble', side: 'new', trouble: { how: 'late', of: 'all', ms: LATE_MS } },
};

export const OUTAGES: readonly OutageName[] = OUTAGE_NAMES;
/** Outages that end with the writer's own steps. A closed side comes back only when the instance is reopened. */
export const PASSING: readonly OutageName[] = OUTAGE_NAMES.filter((name) => name !== 'closed');

export const HEAL: Step = { do: 'heal', side: 'new' };

/** Runs `steps` while the new side fails. */
export function during(outage: OutageName | undefined, steps: readonly Step[]): Step[] {
  if (outage === undefined) return [...steps];
  return [BEGIN[outage], ...steps, ...(outage === 'closed' ? [] : [HEAL])];
}

/** Whether a `heal` among these records says that calls were struck. */
export function wasStruck(steps: readonly Observed[]): boolean {
  return steps.some(({ step, record }) => step.do === 'heal' && Number(valueOf(record)) > 0);
}
