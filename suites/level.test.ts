import { describe, expect, it } from 'vitest';
import {
  CLAUSES,
  DEFAULT_CAPABILITIES,
  inapplicability,
  LEVELS,
  SURFACES,
  type Clause,
} from '../adapters/contract/index.ts';
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

describe('the level of several processes', () => {
  const shared = { ...DEFAULT_CAPABILITIES, crossInstance: true };

  it.each(SURFACES.filter((surface) => !['authority', 'migration'].includes(surface)))(
    'has a clause for %s alone',
    (surface) => {
      const cluster = CLAUSES.filter(({ level }) => level === 'cluster');
      expect(
        cluster.filter((clause) => inapplicability(clause, [surface], shared) === undefined),
      ).not.toEqual([]);
    },
  );
});

describe('levels', () => {
  it('are given one on the other', () => {
    for (const [place, level] of LEVELS.entries()) {
      const {
        level: reached,
        levels,
        verdict,
      } = levelOf(results(upTo(level)), { requestedLevel: level, strict: false });
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
      const { level, levels } = levelOf(clauses, { requestedLevel: 'cluster', strict: false });
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
    const { level, levels } = levelOf(clauses, { requestedLevel: 'cluster', strict: false });
    expect(level).toBe('process');
    expect(levels).toMatchObject({ cluster: 'not-applicable', durable: 'not-run' });
  });

  it('pass over one that does not apply', () => {
    const clauses = results(({ level }) =>
      level === 'cluster' ? 'not-applicable' : level === 'fault-tolerant' ? 'not-run' : 'ok',
    );
    expect(levelOf(clauses, { requestedLevel: 'durable', strict: false }).level).toBe('durable');
  });

  describe('with a claim that this machine could not check', () => {
    const reason = 'its environment "p" cannot be had here: p is not installed';
    const without = (id: string): ClauseResult[] =>
      results((clause) => (clause.id === id ? { status: 'unverified', reason } : upTo('durable')(clause)));

    it('are given beside it, and say so', () => {
      expect(levelOf(without('LOCK-10'), { requestedLevel: 'cluster', strict: false })).toMatchObject({
        level: 'durable',
        unverified: ['poolers'],
        verdict: 'ok',
      });
    });

    it('are not given when the check is strict', () => {
      expect(levelOf(without('LOCK-10'), { requestedLevel: 'cluster', strict: true })).toMatchObject({
        level: null,
        unverified: ['poolers'],
        verdict: 'inconclusive',
      });
    });

    it('are not given for crashes that could not be made: they are what the level is about', () => {
      expect(levelOf(without('TX-04'), { requestedLevel: 'durable', strict: false })).toMatchObject({
        level: 'cluster',
        unverified: [],
        verdict: 'inconclusive',
      });
      const { verdict } = levelOf(without('TX-04'), { requestedLevel: 'cluster', strict: false });
      expect(verdict).toBe('ok');
    });
  });

  it('are not given without results', () => {
    expect(levelOf([], { requestedLevel: 'process', strict: false })).toEqual({
      level: null,
      levels: NO_LEVELS,
      unverified: [],
      verdict: 'inconclusive',
    });
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
    expect(levelOf(clauses, { requestedLevel: 'process', strict: false })).toMatchObject({
      level: null,
      levels: { process: 'not-run' },
      verdict: 'ok',
    });
  });

  it('leave the verdict open while a counted clause has no check', () => {
    const clauses = results((clause) => (clause.level === 'durable' ? 'not-run' : upTo('cluster')(clause)));
    expect(levelOf(clauses, { requestedLevel: 'cluster', strict: false }).verdict).toBe('ok');
    expect(levelOf(clauses, { requestedLevel: 'durable', strict: false })).toMatchObject({
      level: 'cluster',
      verdict: 'inconclusive',
    });
  });
});
