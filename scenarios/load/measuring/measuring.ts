/** What came of the measuring, from what drivers reported and processes told of their CPU time. */
import type { DriverReport } from '../run/control.ts';
import type { CpuReadings } from './cpu.ts';
import type { GeneratorShare, Loop, Measured } from './measured.ts';
import type { ResolvedLoad } from '../run/options.ts';
import type { Stepped } from './saturation.ts';

/** A driver that works for more than this share of a core is what limits the load. */
const BUSY_CPU_SHARE = 0.9;
/** One that sends more than this share of its requests late, though they could be sent, is too. */
const LATE_SHARE = 0.01;
const NS_A_MS = 1e6;

/** undefined: no driver has reported. */
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
  const from = best?.from ?? Math.min(loadTo, loadFrom + (options.warmupMs ?? 0) * NS_A_MS);
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
