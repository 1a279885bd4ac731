import { describe, expect, it } from 'vitest';
import type { DrillEntry, DrillLine, StepLine } from '../../scenarios/drill/stepFile.ts';
import type { ProbeLine } from '../../scenarios/load/service/authorityProbe.ts';
import type { Evidence } from '../../scenarios/evidence.ts';
import { simulate } from '../judge/testing/synthetic.ts';
import { judgeAuthority } from './authority.ts';
import { judgeEntries } from './judgeDrill.ts';

const DRILL: DrillLine = { type: 'drill', source: 'a', target: 'b', steps: ['one', 'two'], leastEffects: 1 };
const END: DrillEntry = { type: 'end', decides: 'old', compared: 3, owed: 0, differences: [] };

/** A drill whose two steps share the history, half of its answers each. */
function drilled(change: (evidence: Evidence) => Evidence = (evidence) => evidence): {
  readonly evidence: Evidence;
  readonly entries: readonly DrillEntry[];
} {
  const evidence = change(simulate({ operations: 200 }));
  const times = evidence.history.flatMap(({ return: end }) => end ?? []).toSorted((a, b) => a - b);
  const middle = times[Math.floor(times.length / 2)] as number;
  const last = times.at(-1) as number;
  const step = (number: number, name: string, from: number, to: number): StepLine => ({
    type: 'step',
    number,
    name,
    way: 'forward',
    from,
    taken: from,
    to,
    figures: {},
  });
  return { evidence, entries: [DRILL, step(1, 'one', 0, middle), step(2, 'two', middle, last), END] };
}

function judged({ evidence, entries }: ReturnType<typeof drilled>): ReturnType<typeof judgeEntries> {
  return judgeEntries(evidence, DRILL, entries);
}

describe('a drill', () => {
  it('holds when its history does and every step had effects', () => {
    const result = judged(drilled());
    expect(result).toMatchObject({ verdict: 'ok', reason: 'all 2 steps held' });
    const sum = result.steps.reduce((all, { settles, withdraws }) => all + settles + withdraws, 0);
    expect(sum).toBeGreaterThan(0);
    for (const step of result.steps) expect(step).toMatchObject({ doubles: 0, losses: 0, mismatches: 0 });
  });

  it('names the step in which an answered effect was lost', () => {
    const lost = drilled((evidence) => {
      const late = evidence.history
        .filter(({ result }) => result?.effect === true && result.replayed !== true)
        .at(-1)?.result?.operationId;
      const audits = evidence.audits.map((audit) => ({
        ...audit,
        activity: audit.activity.filter((event) => !JSON.stringify(event).includes(String(late))),
      }));
      return { ...evidence, audits };
    });
    const result = judged(lost);
    expect(result.verdict).toBe('violated');
    expect(result.steps.map(({ losses }) => losses)).toEqual([0, 1]);
  });

  it('names the step in which a replay was not its first bytes', () => {
    const changed = drilled((evidence) => {
      let isDone = false;
      const history = evidence.history.toReversed().map((entry) => {
        if (isDone || entry.result?.replayed !== true || entry.result.body === undefined) return entry;
        isDone = true;
        return { ...entry, result: { ...entry.result, body: `${entry.result.body} ` } };
      });
      return { ...evidence, history: history.toReversed() };
    });
    const result = judged(changed);
    expect(result.verdict).toBe('violated');
    expect(result.steps.reduce((sum, { mismatches }) => sum + mismatches, 0)).toBe(1);
  });

  it('is not ok when a step could show nothing, was not taken, or a fault missed', () => {
    const { evidence, entries } = drilled();
    const weak = { ...DRILL, leastEffects: 10_000 };
    expect(judgeEntries(evidence, weak, entries)).toMatchObject({ verdict: 'inconclusive' });
    const short = entries.filter((entry) => !(entry.type === 'step' && entry.number === 2));
    expect(judgeEntries(evidence, DRILL, short)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'only 1 of 2 steps were taken',
    });
    const missed: DrillEntry = { type: 'trouble', name: 'silent', step: 2, missed: 'nobody asked' };
    expect(judgeEntries(evidence, DRILL, [...entries, missed])).toMatchObject({
      verdict: 'inconclusive',
      reason: 'in the step "two" silent did not strike: nobody asked',
    });
  });

  it('is violated when the sides differ once nothing is owed, or something is owed for ever', () => {
    const { evidence, entries } = drilled();
    const ending = (end: Partial<DrillEntry>): readonly DrillEntry[] => [
      ...entries.slice(0, -1),
      { ...END, ...end } as DrillEntry,
    ];
    const differing = judgeEntries(evidence, DRILL, ending({ differences: ['users "x": missing'] }));
    expect(differing).toMatchObject({
      verdict: 'violated',
      reason: 'the sides differ at the end: users "x": missing',
    });
    expect(judgeEntries(evidence, DRILL, ending({ owed: 2 })).verdict).toBe('violated');
    const open: readonly DrillEntry[] = [...entries.slice(0, -1), { type: 'end', decides: 'old' }];
    expect(judgeEntries(evidence, DRILL, open).verdict).toBe('inconclusive');
  });
});

describe('the authority', () => {
  const probe = (
    side: ProbeLine['side'],
    epoch: number,
    [from, to]: readonly [number, number],
    more: Partial<ProbeLine> = {},
  ): ProbeLine => ({
    type: 'probe',
    side,
    as: 'deciding',
    epoch,
    outcome: 'accepted',
    call: from,
    return: from + 1,
    lastCall: to - 1,
    lastReturn: to,
    count: 5,
    ...more,
  });

  it('is one side’s after the other’s, and the time between is the gap', () => {
    const result = judgeAuthority([
      probe('old', 1, [0, 10e6]),
      probe('new', 1, [0, 30e6], { outcome: 'refused' }),
      probe('new', 3, [40e6, 50e6]),
      probe('old', 4, [52e6, 60e6]),
    ]);
    expect(result).toMatchObject({ probes: 20, handOvers: 2, longestGapMs: 30, findings: [] });
  });

  it.each([
    [
      'a write of an epoch that was over',
      [probe('old', 2, [0, 9], { as: 'outdated' })],
      /epoch 2, which was over/,
    ],
    ['two sides of one epoch', [probe('old', 2, [0, 9]), probe('new', 2, [20, 29])], /both sides .* epoch 2/],
    [
      'an old epoch after a new one',
      [probe('new', 3, [0, 9]), probe('old', 2, [20, 29])],
      /old side accepted a write of epoch 2 .* after the new side/,
    ],
    [
      'an unmarked write on the new side',
      [probe('new', 1, [0, 9], { as: 'unmarked' })],
      /writer that does not know of the move/,
    ],
    [
      'an unmarked write beside another side',
      [probe('new', 2, [0, 9]), probe('old', 2, [0, 9], { as: 'unmarked' })],
      /old side accepted .* in which the other side decides/,
    ],
    ['both sides in turns', [probe('old', 1, [0, 50]), probe('new', 2, [10, 40])], /in turn/],
  ] as const)('is broken by %s', (_, probes, finding) => {
    expect(judgeAuthority(probes).findings.join('; ')).toMatch(finding);
  });

  it('is broken by storages that let the same side write after a hand over', () => {
    const step = { taken: 100, to: 200 };
    const never = [
      probe('old', 0, [0, 190], { as: 'unmarked' }),
      probe('new', 0, [0, 190], { as: 'unmarked' }),
    ];
    expect(judgeAuthority(never, [step]).findings.join('; ')).toMatch(/in 1 step, .* 0 times/);
    // A side that nobody could ask says nothing.
    expect(judgeAuthority(never.slice(1), [step]).findings).toEqual([]);
    const moved = [
      probe('old', 1, [0, 90]),
      probe('new', 2, [110, 190]),
      probe('old', 2, [110, 190], { outcome: 'refused' }),
    ];
    expect(judgeAuthority(moved, [step]).findings).toEqual([]);
  });

  it('is nobody’s before an epoch was set, and every side takes everything', () => {
    expect(judgeAuthority([probe('old', 0, [0, 50]), probe('new', 0, [0, 50])]).findings).toEqual([]);
  });
});
