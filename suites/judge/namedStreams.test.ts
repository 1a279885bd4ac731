import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../scenarios/evidence.ts';
import { judge } from './index.ts';
import { checkNamedStreams, type NamedStreams } from './namedStreams.ts';
import { simulate } from './testing/synthetic.ts';

const look = (evidence: Evidence): NamedStreams | undefined =>
  checkNamedStreams(evidence, judge(evidence), () => 0);

describe('the streams that a judgement names', () => {
  it('are checked alone, at most three of them', () => {
    const evidence = simulate({ seed: 1, operations: 400, streams: 8, services: 2, splitBrain: true });
    const named = look(evidence);
    expect(named?.result.verdict).toBe('illegal');
    expect(named?.result.keys).toHaveLength(3);
    expect(named?.more).toBeGreaterThan(0);
    const illegal = named?.result.keys.find((key) => key.verdict === 'illegal');
    expect(illegal?.explanation?.core.operations.length).toBeGreaterThan(0);
    expect(illegal?.operations.length).toBeLessThanOrEqual(
      evidence.history.filter(({ key }) => key === illegal?.key).length,
    );
  });

  it('are none in a correct run, or where requests may be missing', () => {
    expect(look(simulate({ seed: 1, operations: 250, streams: 8 }))).toBeUndefined();
    const broken = simulate({ seed: 1, operations: 400, streams: 8, services: 2, splitBrain: true });
    const judgement = judge(broken);
    const interrupted = { ...broken, header: { ...broken.header, interrupted: 'by SIGINT' } };
    expect(checkNamedStreams(interrupted, judgement, () => 0)).toBeUndefined();
  });
});
