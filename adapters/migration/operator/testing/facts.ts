/** Facts of a move that goes well, at each of its steps. */
import { addMs, type RegisteredInstance, type ReadShares } from '../../../contract/index.ts';
import type { Facts, SideFacts } from '../facts.ts';
import type { Bounds } from '../gates.ts';
import { STEP_NAMES, type StepName } from '../../../contract/migration/moveSteps.ts';

export const NOW = '2030-01-01T12:00:00.000000Z';
export const BOUNDS: Bounds = {
  instances: 2,
  sectionMs: 30_000,
  obeyMs: 2000,
  freshMs: 600_000,
  underWayMs: 2000,
};

const SIDE: SideFacts = { lacks: [], authority: { epoch: 0, decides: true, admitsUnmarked: true } };

function sharesAt(share: number): ReadShares {
  return { streams: share, users: share, activity: share, idempotency: share, exports: share };
}

export function instance(fields: Partial<RegisteredInstance> = {}): RegisteredInstance {
  return {
    id: 'i1',
    stage: 'before',
    control: 0,
    epoch: 0,
    oldestSectionMs: 0,
    lockstep: '1.0.0',
    at: NOW,
    shadowed: 0,
    shadowDifferences: 0,
    ...fields,
  };
}

/** When `last` was the last step that was done. */
export function factsAfter(last: StepName | undefined): Facts {
  const isDone = (step: StepName): boolean =>
    last !== undefined && STEP_NAMES.indexOf(step) <= STEP_NAMES.indexOf(last);
  const epoch = isDone('finish') ? 3 : isDone('hand-over') ? 2 : isDone('begin') ? 1 : 0;
  const stage = isDone('reads')
    ? 'cut-over'
    : isDone('dual')
      ? 'dual'
      : isDone('bridged')
        ? 'bridged'
        : 'before';
  const version = ['before', 'bridged', 'dual', 'cut-over'].indexOf(stage);
  const mark = (figures: Readonly<Record<string, number>>) => ({ epoch, at: addMs(NOW, -60_000), figures });
  const sideOf = (side: 'old' | 'new'): SideFacts => ({
    ...SIDE,
    ...(isDone('schema') ? { mark: { move: 'm1', side } } : {}),
    authority:
      epoch === 0
        ? SIDE.authority
        : { epoch, decides: isDone('hand-over') === (side === 'new'), admitsUnmarked: side === 'old' },
  });
  return {
    old: sideOf('old'),
    new: sideOf('new'),
    status: {
      authority: { decides: isDone('hand-over') ? 'new' : 'old', epoch, finished: isDone('finish') },
      control:
        version === 0
          ? undefined
          : {
              version,
              stage,
              reads: sharesAt(isDone('reads') ? 100 : 0),
              shadow: false,
              at: addMs(NOW, -60_000),
              by: 'me',
            },
      operator: undefined,
      instances: ['i1', 'i2'].map((id) => instance({ id, stage, control: version, epoch })),
      owed: { count: 0, oldestMs: 0, first: [] },
      suspended: [],
    },
    marks: {
      ...(isDone('backfill') ? { backfill: mark({ examined: 7, copied: 7 }) } : {}),
      ...(isDone('compare') ? { compare: mark({ compared: 7, differences: 0, unread: 0 }) } : {}),
      ...(isDone('rehearse') ? { rehearse: mark({ tried: 9, failed: 0 }) } : {}),
    },
    now: NOW,
  };
}

/** The same, with another status. */
export function withStatus(facts: Facts, status: Partial<Facts['status']>): Facts {
  return { ...facts, status: { ...facts.status, ...status } };
}
