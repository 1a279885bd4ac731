import { HistogramLogReader, type Histogram } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import type { EvidenceHeader } from '../../evidence.ts';
import { latencyLog } from './hlog.ts';
import { histogram } from './latency.ts';

function of(...values: readonly number[]): Histogram {
  const all = histogram();
  for (const us of values) all.recordValue(us);
  return all;
}

describe('a log of latencies', () => {
  it('is read back as it was measured, kind by kind', () => {
    const header = {
      startedAt: '2026-01-01T00:00:00.000Z',
      loadFrom: 5e9,
      loadTo: 15e9,
      measured: { from: 7e9, to: 15e9 },
    } as unknown as EvidenceHeader;
    const many = Array.from({ length: 5000 }, (_, index) => index * index);
    const latencies = new Map([
      ['all', of(...many, 42)],
      ['all, from the send', of(3)],
      ['effect', of(...many)],
      ['read', of(42)],
    ]);
    const log = latencyLog(header, latencies);
    expect(log.split('\n')[0]).toBe('#[Histogram log format version 1.3]');
    const reader = new HistogramLogReader(log);
    const read: Histogram[] = [];
    for (let next = reader.nextIntervalHistogram(); next !== null; next = reader.nextIntervalHistogram())
      read.push(next);
    expect(read.map(({ tag, totalCount }) => [tag, totalCount])).toEqual([
      ['all', 5001],
      ['all-from-the-send', 1],
      ['effect', 5000],
      ['read', 1],
    ]);
    const [all] = read;
    const wrote = latencies.get('all');
    for (const percentile of [0, 50, 90, 99, 99.9, 100])
      expect(all?.getValueAtPercentile(percentile)).toBe(wrote?.getValueAtPercentile(percentile));
    expect([all?.startTimeStampMsec, all?.endTimeStampMsec]).toEqual([
      Date.parse(header.startedAt) + 2000,
      Date.parse(header.startedAt) + 10_000,
    ]);
  });
});
