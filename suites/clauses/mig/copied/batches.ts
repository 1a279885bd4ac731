/** Batches of a backfill. One of them meets trouble with a side. */
import type { StepRecord } from '../../../../scenarios/host/language/history.ts';
import type { Side, Step, Trouble } from '../../../../scenarios/host/language/program.ts';
import type { Subject } from '../../../harness/engine/property.ts';
import { backfill } from '../moving.ts';

const TROUBLE_NAMES = [
  'the new side refused one write',
  'the new side refused one write in the middle',
  'the new side took no record',
  'the new side refused everything',
  'the old side refused one read',
  'the streams of the new side were read late',
  'the events of the new side were read late',
] as const;
/** What can happen to a batch. */
export type TroubleName = (typeof TROUBLE_NAMES)[number];

/** How long a late side takes between the reads of the two sides, in milliseconds. Others write meanwhile. */
const LATE_MS = 60;

const TROUBLES: Readonly<Record<TroubleName, { readonly side: Side; readonly trouble: Trouble }>> = {
  'the new side refused one write': { side: 'new', trouble: { how: 'refused', of: 'writes', times: 1 } },
  'the new side refused one write in the middle': {
    side: 'new',
    trouble: { how: 'refused', of: 'writes', after: 2, times: 1 },
  },
  'the new side took no record': { side: 'new', trouble: { how: 'rejected', of: 'writes' } },
  'the new side refused everything': { side: 'new', trouble: { how: 'refused', of: 'all' } },
  'the old side refused one read': {
    side: 'old',
    trouble: { how: 'refused', of: 'reads', after: 1, times: 1 },
  },
  'the streams of the new side were read late': {
    side: 'new',
    trouble: { how: 'late', of: 'reads', store: 'streams', ms: LATE_MS },
  },
  'the events of the new side were read late': {
    side: 'new',
    trouble: { how: 'late', of: 'reads', store: 'activity', ms: LATE_MS },
  },
};

/** The troubles that an adapter can meet. */
export function troublesOf({ surfaces }: Subject): TroubleName[] {
  return TROUBLE_NAMES.filter((name) => {
    const { store } = TROUBLES[name].trouble;
    return store === undefined || (surfaces as readonly string[]).includes(store);
  });
}

/** Whether the trouble makes nothing fail, so that others can write meanwhile. */
export function isCalm(trouble: TroubleName | undefined): boolean {
  return trouble === undefined || TROUBLES[trouble].trouble.how === 'late';
}

/** Batches of these sizes. Only the first one meets the trouble. */
export function batchesOf(limits: readonly number[], trouble: TroubleName | undefined): Step[] {
  if (trouble === undefined) return limits.map(backfill);
  const { side } = TROUBLES[trouble];
  const [first = 1, ...rest] = limits;
  return [
    { do: 'trouble', ...TROUBLES[trouble] },
    backfill(first),
    { do: 'heal', side },
    ...rest.map(backfill),
  ];
}

/** Whether this batch may end with an error of the failing side. It is then called again. */
export function mayFail(trouble: TroubleName | undefined, { actor, step, outcome }: StepRecord): boolean {
  const isTroubled = !isCalm(trouble) && actor === 0 && step === FIRST_BATCH;
  return isTroubled && outcome.status === 'error' && outcome.error.code !== undefined;
}

/** The index of the first batch among the copying actor's steps, behind the move and the trouble. */
const FIRST_BATCH = 2;
