/** Failures as suites report them, for tests of the renderers. */
import type { Counterexample } from '../../suites/result.ts';

export const HOSTILE = `</script><img src=x onerror="document.title='owned'">\u202e\u0000'"&<!--`;

/** LOCK-01: two processes inside one critical section, and an update that is lost. */
export const LOST_UPDATE: Counterexample = {
  summary:
    'Two processes were inside the critical section of stream "s1" for 4.2 ms; the second write lost the first.',
  expected: 'at most one callback of s1 at a time; releasedAmount "10" after two releases of 5',
  actual: 'process 2 entered s1 while process 1 was inside; releasedAmount "5"',
  hint: 'the lock lives in process memory',
  path: '14:2:0',
  run: 14,
  shrinks: 6,
  lanes: [
    {
      label: 'process 1, actor 1',
      events: [
        { label: 'enter s1', fromUs: 0, toUs: 310, kind: 'enter' },
        { label: 'streams.get s1 → released=0', fromUs: 420, toUs: 800, kind: 'call', marked: true },
        { label: 'streams.put s1 released=5', fromUs: 4100, toUs: 5150, kind: 'call', marked: true },
        { label: 'leave', fromUs: 5200, toUs: 5600, kind: 'leave' },
      ],
    },
    {
      label: 'process 2, actor 2',
      events: [
        { label: 'enter s1', fromUs: 500, toUs: 900, kind: 'enter' },
        { label: 'streams.get s1 → released=0', fromUs: 950, toUs: 1300, kind: 'call', marked: true },
        { label: 'streams.put s1 released=5', fromUs: 5300, toUs: 6400, kind: 'call', marked: true },
        { label: 'leave', fromUs: 6500, toUs: 6900, kind: 'leave' },
      ],
    },
    {
      label: 'process 2, actor 3',
      events: [
        { label: 'enter s2', fromUs: 100, toUs: 160, kind: 'enter' },
        { label: 'activity.append e1 ✗ CONFLICT', fromUs: 200, toUs: 400, kind: 'error' },
        { label: 'leave', fromUs: 450, toUs: 500, kind: 'leave' },
      ],
    },
  ],
  program: {
    patienceMs: 2000,
    actors: [
      {
        instance: 0,
        steps: [
          { do: 'enter', stream: 's1' },
          { do: 'call', via: 'view', method: 'streams.get', args: ['s1'], save: 'a' },
          {
            do: 'call',
            via: 'view',
            method: 'streams.put',
            args: [
              { $saved: 'a', add: { releasedAmount: 5 }, set: { big: 9007199254740993n, odd: Number.NaN } },
            ],
          },
          { do: 'leave' },
        ],
      },
    ],
  },
  order: [
    { actor: 0, step: 0, blocked: false },
    { actor: 1, step: 0, blocked: false },
  ],
};

export const NEVER_RETURNED: Counterexample = {
  summary: 'The nested lock of stream "s1" never returned; the bound of the clause is 2 s.',
  expected: 'the nested call works, or rejects promptly with LOCK_REENTRANT',
  actual: 'no answer within 2 s',
  path: '',
  run: 1,
  shrinks: 0,
  lanes: [
    {
      label: 'process 1',
      events: [
        { label: 'enter s1', fromUs: 0, toUs: 40, kind: 'enter' },
        { label: 'enter s1 never returned', fromUs: 90, toUs: 2_000_000, kind: 'stuck', marked: true },
      ],
    },
  ],
};

/** Ids, labels and messages that want to be markup. */
export const HOSTILE_FAILURE: Counterexample = {
  summary: `The id ${HOSTILE} came back changed.`,
  expected: HOSTILE,
  actual: `${HOSTILE}\nsecond line`,
  path: '3:1',
  run: 3,
  shrinks: 1,
  lanes: [
    {
      label: HOSTILE,
      events: [
        { label: `streams.create ${HOSTILE}`, fromUs: 5, toUs: 5, kind: 'call' },
        { label: `streams.get ${HOSTILE}`, fromUs: 5, toUs: 9, kind: 'call', marked: true },
      ],
    },
  ],
};
