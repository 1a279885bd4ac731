/**
 * Figures about the measurement itself: how requests were sent, each step, the longest time without an answer, and CPU.
 */
import type { Evidence, EvidenceHeader } from '../../evidence.ts';
import { histogram, percentilesOf } from './latency.ts';
import type { Percentiles } from './percentiles.ts';
import type { ClosedLoop, CpuTime, GeneratorShare, OpenLoop, Sent, RateStep } from './measured.ts';
import { measuredPart, startOf } from './measuredPart.ts';
import { answeredIn, longestSilence, type Answered, type Silence } from './silence.ts';

/** All members are absent if an older version recorded the load. */
export interface MeasuringFigures {
  /**
   * The length of the warm-up in milliseconds. Only figures by second or by step include it. Absent: there was none.
   */
  readonly warmupMs?: number;
  /** How requests were sent. */
  readonly loop?: LoopSummary;
  readonly generator?: GeneratorShare;
  /** The longest time in which nobody was answered. */
  readonly silence?: Silence;
  readonly cpu?: { readonly services: CpuSummary; readonly drivers: CpuSummary };
}

export type LoopSummary = ClosedLoop | OpenLoop | SteppedSummary;

export interface SteppedSummary {
  readonly kind: 'stepped';
  /** The throughput of the closed loop before the steps: answered requests per second. */
  readonly closedPerSecond: number;
  /** The highest rate that held, in requests per second; null: none did. */
  readonly heldPerSecond: number | null;
  readonly steps: readonly StepSummary[];
}

/** One rate that `--rate auto` tried. */
export interface StepSummary extends Sent {
  readonly ratePerSecond: number;
  /** Milliseconds since the load began. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly held: boolean;
  /** The latencies of all its requests, each from when it was due. */
  readonly percentiles: Percentiles;
}

export interface CpuSummary extends CpuTime {
  /** Microseconds of CPU per first effect. Null: there was no effect. */
  readonly usPerEffect: number | null;
}

/** The counts of a part of the evidence that these figures need, as plain data. */
export interface MeasuringCounts {
  readonly answered: Answered;
  /** Latencies in microseconds, by step. */
  readonly steps: readonly Float64Array[];
}

const NS_PER_US = 1000;
const NS_PER_MS = 1e6;

export function countMeasuring({ header, history }: Pick<Evidence, 'header' | 'history'>): MeasuringCounts {
  const returns: number[] = [];
  for (const entry of history) if (entry.return !== null) returns.push(entry.return);
  return {
    answered: answeredIn(measuredPart(header), returns),
    steps: stepsOf(header).map(({ from, to }) => {
      const values: number[] = [];
      for (const entry of history) {
        const start = startOf(entry);
        if (entry.return !== null && start >= from && start < to)
          values.push(Math.max(0, Math.round((entry.return - start) / NS_PER_US)));
      }
      return Float64Array.from(values);
    }),
  };
}

function stepsOf({ measured }: EvidenceHeader): readonly RateStep[] {
  return measured?.loop.kind === 'stepped' ? measured.loop.steps : [];
}

/** `effects`: the number of first effects in the measured part. */
export function measuringFigures(
  header: EvidenceHeader,
  parts: readonly MeasuringCounts[],
  effects: number,
): MeasuringFigures {
  const { measured, loadFrom } = header;
  if (measured === undefined) return {};
  const { from, loop, generator, cpu } = measured;
  const cpuOf = (time: CpuTime): CpuSummary => ({
    ...time,
    usPerEffect: effects === 0 ? null : time.us / effects,
  });
  const answered = parts.map((part) => part.answered);
  return {
    ...(from > loadFrom && loop.kind !== 'stepped' ? { warmupMs: (from - loadFrom) / NS_PER_MS } : {}),
    loop:
      loop.kind === 'stepped'
        ? { ...loop, steps: loop.steps.map((step, index) => stepSummary(step, loadFrom, parts, index)) }
        : loop,
    generator,
    silence: longestSilence(measuredPart(header), answered, loadFrom),
    cpu: { services: cpuOf(cpu.services), drivers: cpuOf(cpu.drivers) },
  };
}

function stepSummary(
  { from, to, ...step }: RateStep,
  loadFrom: number,
  parts: readonly MeasuringCounts[],
  index: number,
): StepSummary {
  const values = histogram();
  for (const { steps } of parts) for (const us of steps[index] ?? []) values.recordValue(us);
  return {
    ...step,
    fromMs: (from - loadFrom) / NS_PER_MS,
    toMs: (to - loadFrom) / NS_PER_MS,
    percentiles: percentilesOf(values),
  };
}

/**
 * How long all connections of a closed loop together took for its requests, in microseconds. Divided by the number of
 * requests, it gives the mean interval at which a connection sent. Undefined: there is no closed loop.
 */
export function busyUs(header: EvidenceHeader): number | undefined {
  const connections = header.options['connections'];
  if (header.measured?.loop.kind !== 'closed' || typeof connections !== 'number') return undefined;
  const { from, to } = measuredPart(header);
  return ((to - from) / NS_PER_US) * connections;
}
