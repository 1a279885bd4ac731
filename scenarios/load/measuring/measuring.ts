/** Summarizes the measurement, from the reports of drivers and the CPU times of processes. */
import type { DriverReport } from '../run/control.ts';
import type { CpuReadings } from './cpu.ts';
import type { GeneratorShare, Loop, Measured } from './measured.ts';
import type { ResolvedLoad } from '../run/options.ts';
import type { Stepped } from './saturation.ts';

/** A driver that uses more than this share of a core limits the load. */
const BUSY_CPU_SHARE = 0.9;
/** So does a driver that sends more than this share of its requests late although it could have sent them. */
const LATE_SHARE = 0.01;
const NS_PER_MS = 1e6;

/** Undefined: no driver has reported. */
export function measuredOf(
  options: ResolvedLoad,
  reports: readonly DriverReport[],
  { services, drivers }: { readonly services: CpuReadings; readonly drivers: CpuReadings },
  stepped?: Stepped,
): Measured | undefined {
  if (reports.length === 0) return undefined;
  const loadFrom = Math.min(...reports.map((report) => report.loadFrom));
  const loadTo = Math.max(...reports.map((report) => report.loadTo));
  const loop = loopOf(options, reports, stepped);
  const best = loop.kind === 'stepped' ? loop.steps.findLast(({ held }) => held) : undefined;
  const from = best?.from ?? Math.min(loadTo, loadFrom + (options.warmupMs ?? 0) * NS_PER_MS);
  const to = best?.to ?? loadTo;
  const cpuOf = (readings: CpuReadings): Measured['cpu']['services'] =>
    readings.timeOf([loadFrom, loadTo], [from, to]);
  return {
    from,
    to,
    loop,
    generator: generatorShare(reports),
    cpu: { services: cpuOf(services), drivers: cpuOf(drivers) },
  };
}

function loopOf(
  { rate }: ResolvedLoad,
  reports: readonly DriverReport[],
  stepped: Stepped | undefined,
): Loop {
  if (stepped !== undefined) {
    const held = stepped.steps.findLast((step) => step.held);
    return { kind: 'stepped', ...stepped, heldPerSecond: held?.ratePerSecond ?? null };
  }
  if (rate === undefined || rate === 'auto') return { kind: 'closed' };
  const due = sumOf(reports, ({ pacing }) => pacing.due);
  const sent = sumOf(reports, ({ pacing }) => pacing.sent);
  return { kind: 'open', ratePerSecond: rate, due, neverSent: Math.max(0, due - sent) };
}

export function generatorShare(reports: readonly DriverReport[]): GeneratorShare {
  const cpuShare = Math.max(0, ...reports.map((report) => report.cpuShare));
  const sent = sumOf(reports, ({ lag }) => lag.sent);
  const lateShare = sent === 0 ? 0 : sumOf(reports, ({ lag }) => lag.late) / sent;
  return {
    cpuShare,
    maxLagMs: Math.max(0, ...reports.map(({ lag }) => lag.maxLagMs)),
    lateShare,
    limitedBy: [
      ...(cpuShare > BUSY_CPU_SHARE ? (['cpu'] as const) : []),
      ...(lateShare > LATE_SHARE ? (['lag'] as const) : []),
    ],
  };
}

function sumOf<T>(all: readonly T[], valueOf: (one: T) => number): number {
  return all.reduce((sum, one) => sum + valueOf(one), 0);
}
