/** Batches of a backfill. One of them meets trouble with a side. */
import type { MovedKind } from '../../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../../scenarios/host/language/history.ts';
import type { Side, Step, Trouble } from '../../../../scenarios/host/language/program.ts';
import { pause } from '../../../harness/cases/generate.ts';
import type { Subject } from '../../../harness/engine/property.ts';
import type { ItemKind } from '../items.ts';
import { backfill } from '../moving.ts';

const TROUBLE_NAMES = [
  'the new side refused one write',
  'the new side refused one write in the middle',
  'the new side took no record',
  'the new side refused everything',
  'the old side refused one read',
  'the streams of the new side were read late',
  'the users of the new side were read late',
  'the events of the new side were read late',
  'the answers of the new side were read late',
  'the jobs of the new side were read late',
] as const;
/** What can happen to a batch. */
export type TroubleName = (typeof TROUBLE_NAMES)[number];

/** How long a late side takes between the reads of the two sides, in milliseconds. Others write meanwhile. */
const LATE_MS = 60;

interface SideTrouble {
  readonly side: Side;
  readonly trouble: Trouble;
}

function lateReads(store: MovedKind): SideTrouble {
  return { side: 'new', trouble: { how: 'late', of: 'reads', store, ms: LATE_MS } };
}

const TROUBLES: Readonly<Record<TroubleName, SideTrouble>> = {
  'the new side refused one write': { side: 'new', trouble: { how: 'refused', of: 'writes', times: 1 } },
  'the new side refused one write in the middle': {
    side: 'new',
    trouble: { how: 'refused', of: 'writes', after: 2, times: 1 },
  },
  // A migration may first store there where the pass is.
  'the new side took no record': { side: 'new', trouble: { how: 'rejected', of: 'writes', after: 2 } },
  'the new side refused everything': { side: 'new', trouble: { how: 'refused', of: 'all' } },
  'the old side refused one read': {
    side: 'old',
    trouble: { how: 'refused', of: 'reads', after: 1, times: 1 },
  },
  'the streams of the new side were read late': lateReads('streams'),
  'the users of the new side were read late': lateReads('users'),
  'the events of the new side were read late': lateReads('activity'),
  'the answers of the new side were read late': lateReads('idempotency'),
  'the jobs of the new side were read late': lateReads('jobs'),
};

/** The troubles that an adapter can meet. */
export function troublesOf({ surfaces }: Subject): TroubleName[] {
  return TROUBLE_NAMES.filter((name) => {
    const { store } = TROUBLES[name].trouble;
    const surface = store === 'jobs' ? 'exports' : store;
    return surface === undefined || (surfaces as readonly string[]).includes(surface);
  });
}

const READ_LATE: Readonly<Partial<Record<string, ItemKind>>> = {
  streams: 'stream',
  users: 'user',
  activity: 'event',
  idempotency: 'answer',
  jobs: 'job',
};

/** The records that are read late. Undefined: none. */
export function readLate(trouble: TroubleName): ItemKind | undefined {
  const { how, store = '' } = TROUBLES[trouble].trouble;
  return how === 'late' ? READ_LATE[store] : undefined;
}

/** Whether the trouble makes nothing fail, so that others can write meanwhile. */
export function isCalm(trouble: TroubleName | undefined): boolean {
  return trouble === undefined || TROUBLES[trouble].trouble.how === 'late';
}

/** Batches of these sizes, with pauses between them. Only the first one meets the trouble. */
export function batchesOf({
  limits,
  apartMs,
  trouble,
}: {
  readonly limits: readonly number[];
  readonly apartMs: number;
  readonly trouble: TroubleName | undefined;
}): Step[] {
  const [first = 1, ...rest] = limits;
  const later = rest.flatMap((limit) => [...pause(apartMs), backfill(limit)]);
  if (trouble === undefined) return [backfill(first), ...later];
  const { side } = TROUBLES[trouble];
  return [{ do: 'trouble', ...TROUBLES[trouble] }, backfill(first), { do: 'heal', side }, ...later];
}

/** Whether this batch may end with an error of the failing side. It is then called again. */
export function mayFail(trouble: TroubleName | undefined, { actor, step, outcome }: StepRecord): boolean {
  const isTroubled = !isCalm(trouble) && actor === 0 && step === FIRST_BATCH;
  return isTroubled && outcome.status === 'error' && outcome.error.code !== undefined;
}

/** The index of the first batch among the copying actor's steps, behind the move and the trouble. */
const FIRST_BATCH = 2;
