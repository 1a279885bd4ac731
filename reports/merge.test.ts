import { describe, expect, it } from 'vitest';
import { certificateOf } from './renderers/certificate.ts';
import { parseRunResult, renderJson } from './renderers/json.ts';
import { joinShards } from './merge.ts';
import type { Certification, RunResult } from './model.ts';
import { passingCertification, shardRun } from './testing/fixtures.ts';

const named = (...runs: readonly RunResult[]) =>
  runs.map((run, index) => ({ name: `part-${index + 1}`, run }));
const three = (): RunResult[] => [1, 2, 3].map((index) => shardRun(index, 3));

/** The second of three shards, changed. */
function changed(change: (run: RunResult) => RunResult): RunResult[] {
  return three().map((run, index) => (index === 1 ? change(run) : run));
}

const everyCertification =
  (change: (one: Certification) => Certification) =>
  (run: RunResult): RunResult => ({ ...run, certifications: run.certifications.map(change) });

describe('joining shards', () => {
  it('gives what one run would have given, in whatever order they come', () => {
    const [a, b, c] = three();
    if (a === undefined || b === undefined || c === undefined) throw new Error('no shards');
    const whole = passingCertification();
    const joined = joinShards(named(c, a, b));
    expect(joined.repeat).toBe(whole.repeat);
    expect(joined).toMatchObject({ partial: false, exitStatus: 0 });
    expect(joined.shards?.map(({ index }) => index)).toEqual([1, 2, 3]);
    for (const [index, certification] of joined.certifications.entries()) {
      const expected = whole.certifications[index] as Certification;
      expect(certification.clauses).toEqual(expected.clauses);
      expect(certificateOf(joined, certification).claim).toEqual(certificateOf(whole, expected).claim);
      expect(certificateOf(joined, certification).circumstances.environments).toHaveLength(3);
    }
    expect(parseRunResult(renderJson(joined))).toEqual(joined);
  });

  it('lets one violation count for all', () => {
    const runs = changed(
      everyCertification((one) => ({
        ...one,
        clauses: one.clauses.map((result) =>
          result.status === 'ok' ? { ...result, status: 'violated' } : result,
        ),
      })),
    );
    expect(joinShards(named(...runs))).toMatchObject({
      exitStatus: 1,
      certifications: [{ level: null, verdict: 'violated' }, { level: null }],
    });
  });

  it('takes machines that differ', () => {
    const runs = changed((run) => ({
      ...run,
      environment: { ...run.environment, cores: 64 },
      startedAt: '2026-01-31T08:14:00.000Z',
    }));
    expect(joinShards(named(...runs)).startedAt).toBe('2026-01-31T08:14:00.000Z');
  });

  it.each<[string, RunResult[], string]>([
    ['nothing', [], 'got none'],
    ['a run that is no shard', [passingCertification()], 'part-1 is no shard'],
    ['too few', three().slice(1), 'of 3 shards, 1/3 are missing'],
    ['one twice', [...three(), shardRun(2, 3)], 'shard 2/3 is there twice'],
    ['shards of other numbers', [shardRun(1, 2), shardRun(2, 3)], 'one of 2 shards, part-2 one of 3'],
    ['a joined run', [joinShards(named(...three()))], 'joined already'],
    ['an interrupted one', changed((run) => ({ ...run, partial: true })), 'was interrupted; run it again'],
    [
      'another seed',
      changed((run) => ({ ...run, seed: 8 })),
      'the seed differs: 814301 in part-1, 8 in part-2',
    ],
    [
      'another version of the target',
      changed(everyCertification((one) => ({ ...one, target: { ...one.target, version: '9' } }))),
      'the version of the target differs',
    ],
    [
      'another source',
      changed(everyCertification((one) => ({ ...one, contentHash: 'sha256:1' }))),
      'the content hash of the target differs',
    ],
    [
      'other capabilities',
      changed(
        everyCertification((one) => ({
          ...one,
          target: { ...one.target, capabilities: { ...one.target.capabilities, ttl: false } },
        })),
      ),
      'the set of capabilities differs',
    ],
    [
      'other targets',
      changed((run) => ({ ...run, certifications: run.certifications.slice(1) })),
      'the target differs',
    ],
    [
      'other clauses to check',
      changed(
        everyCertification((one) => ({
          ...one,
          clauses: one.clauses.map((result, place) =>
            place === 0 ? { ...result, status: 'skipped', reason: 'left out by --only' } : result,
          ),
        })),
      ),
      'LOCK-01 was decided by part-1 and part-2',
    ],
  ])('refuses %s', (_, runs, message) => {
    expect(() => joinShards(named(...runs))).toThrow(
      expect.objectContaining({ code: 'SHARDS_DIFFER', message: expect.stringContaining(message) }),
    );
  });
});
