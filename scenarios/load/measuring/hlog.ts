/** Latencies in the log format of HdrHistogram (version 1.3), which its tools can draw, add and correct. */
import { HistogramLogWriter, type Histogram } from 'hdr-histogram-js';
import type { EvidenceHeader } from '../../evidence.ts';
import { measuredPart } from './measuredPart.ts';

/** The format gives an interval's maximum in milliseconds, while our histograms contain microseconds. */
const US_PER_MS = 1000;
const NS_PER_SECOND = 1e9;

/**
 * One interval (the measured part) per kind of request. The kind is the interval's tag. Times count from the beginning
 * of the load.
 */
export function latencyLog(header: EvidenceHeader, latencies: ReadonlyMap<string, Histogram>): string {
  const lines: string[] = [];
  const writer = new HistogramLogWriter((text) => void lines.push(text));
  const { from, to } = measuredPart(header);
  const at = (time: number): number => (time - header.loadFrom) / NS_PER_SECOND;
  writer.outputLogFormatVersion();
  writer.outputComment(`[Latencies of lockstep load: values in microseconds, Interval_Max in milliseconds]`);
  writer.outputStartTime(Date.parse(header.startedAt));
  writer.outputLegend();
  for (const [name, values] of latencies) {
    values.tag = name.replace(/[^\w.-]+/g, '-');
    writer.outputIntervalHistogram(values, at(from), at(to), US_PER_MS);
  }
  return lines.join('').replaceAll(/\n{2,}/g, '\n');
}
