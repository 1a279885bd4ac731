import { describe, expect, it } from 'vitest';
import { CLAUSES, LEVELS, type Clause } from '../adapters/contract/index.ts';
import { levelOf, NO_LEVELS } from './level.ts';
import type { ClauseResult, ClauseStatus } from './result.ts';
import { ELSEWHERE } from './shard.ts';

type How = (clause: Clause) => ClauseStatus | { status: ClauseStatus; reason: string };

function results(how: How): ClauseResult[] {
  const nothing = { runs: 0, exercised: 0, orders: 0, processes: 0, instances: 0, durationMs: 0, seed: 1 };
  return CLAUSES.map((clause) => {
    const what = how(clause);
    return { clause: clause.id, ...nothing, ...(typeof what === 'string' ? { status: what } : what) };
  });
}

/** Everything up to the level held; above it nothing ran. */
const upTo =
  (level: (typeof LEVELS)[number]): How =>
  (clause) =>
    LEVELS.indexOf(clause.level) <= LEVELS.indexOf(level) ? 'ok' : 'not-run';

describe('levels', () => {
  it('are given one on the other', () => {
    for (const [place, level] of LEVELS.entries()) {
      const { level: reached, levels, verdict } = levelOf(results(upTo(level)), level);
      expect([reached, verdict]).toEqual([level, 'ok']);
      expect(LEVELS.map((one) => levels[one])).toEqual(
        LEVELS.map((_, at) => (at <= place ? 'given' : 'not-run')),
      );
    }
  });

  it.each(['skipped', 'inconclusive', 'error', 'not-run', 'violated'] as const)(
    'are not given with a clause that is %s',
    (status) => {
      const clauses = results((clause) => (clause.id === 'CUR-04' ? status : upTo('cluster')(clause)));
      const { level, levels } = levelOf(clauses, 'cluster');
      expect(level).toBeNull();
      expect(levels.process).toBe(
        status === 'skipped' ? 'not-run' : status === 'error' ? 'inconclusive' : status,
      );
      expect(levels.cluster).toBe(levels.process);
    },
  );

  it('are not given for what the adapter does not declare', () => {
    const clauses = results((clause) =>
      clause.level === 'process' ? 'ok' : clause.fault ? 'not-run' : 'not-applicable',
    );
    const { level, levels } = levelOf(clauses, 'cluster');
    expect(level).toBe('process');
    expect(levels).toMatchObject({ cluster: 'not-applicable', durable: 'not-run' });
  });

  it('pass over one that does not apply', () => {
    const clauses = results(({ level }) =>
      level === 'cluster' ? 'not-applicable' : level === 'fault-tolerant' ? 'not-run' : 'ok',
    );
    expect(levelOf(clauses, 'durable').level).toBe('durable');
  });

  it('are not given when this machine could not check one of their clauses, and the verdict leaves that out', () => {
    const reason = 'its environment "p" cannot be had here: p is not installed';
    const clauses = results((clause) =>
      clause.id === 'LOCK-10' ? { status: 'skipped', reason } : upTo('cluster')(clause),
    );
    expect(levelOf(clauses, 'cluster')).toMatchObject({ level: null, verdict: 'ok' });
  });

  it('are not given without results', () => {
    expect(levelOf([], 'process')).toEqual({ level: null, levels: NO_LEVELS, verdict: 'inconclusive' });
    expect(new Set(Object.values(NO_LEVELS))).toEqual(new Set(['not-run']));
  });

  it('are not given to a shard, which can hold all the same', () => {
    const clauses = results((clause) =>
      clause.level !== 'process' || clause.id === 'LOCK-02'
        ? 'not-applicable'
        : clause.group === 'LOCK'
          ? 'ok'
          : { status: 'not-run', reason: ELSEWHERE },
    );
    expect(levelOf(clauses, 'process')).toMatchObject({
      level: null,
      levels: { process: 'not-run' },
      verdict: 'ok',
    });
  });

  it('leave the verdict open while a counted clause has no check', () => {
    const clauses = results((clause) => (clause.level === 'durable' ? 'not-run' : upTo('cluster')(clause)));
    expect(levelOf(clauses, 'cluster').verdict).toBe('ok');
    expect(levelOf(clauses, 'durable')).toMatchObject({ level: 'cluster', verdict: 'inconclusive' });
  });
});
