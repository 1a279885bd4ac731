/** How a load was measured, in sentences without a full stop. Every renderer takes them from here. */
import { formatCount, formatMs, formatShare, formatUs } from './format.ts';
import type { LoadResult } from './model.ts';

/** What limits or explains the figures of a load, one line each; none of a load that an older version has recorded. */
export function measuringLines(load: LoadResult): string[] {
  return [loopText(load), warmupText(load), silenceText(load), cpuText(load), generatorText(load)].filter(
    (line) => line !== undefined,
  );
}

export function loopText({ loop }: LoadResult): string | undefined {
  switch (loop?.kind) {
    case undefined:
      return undefined;
    case 'closed':
      return 'closed loop: a connection sends when it is answered, so that slow answers hide what would have come after them; "corrected" estimates it';
    case 'open': {
      const { ratePerSecond, due, neverSent } = loop;
      const unsent =
        neverSent === 0
          ? ''
          : `; ${formatCount(neverSent)} of ${formatCount(due)} requests were never sent (${formatShare(neverSent, due)})`;
      return `open loop: ${formatRate(ratePerSecond)} requests/s, and latency from when each was due${unsent}`;
    }
    case 'stepped':
      return loop.heldPerSecond === null
        ? `no rate held: the lowest of ${loop.steps.length} tried was ${formatRate(loop.steps[0]?.ratePerSecond ?? 0)} requests/s`
        : `open loop in ${loop.steps.length} steps: ${formatRate(loop.heldPerSecond)} requests/s is the highest rate that held, and all figures are of it`;
    default:
      throw new TypeError(`Unknown loop: ${JSON.stringify(loop satisfies never)}`);
  }
}

function formatRate(perSecond: number): string {
  return perSecond < 100 ? String(Math.round(perSecond * 10) / 10) : formatCount(perSecond);
}

export function warmupText({ warmupMs }: LoadResult): string | undefined {
  return warmupMs === undefined
    ? undefined
    : `warm-up: the first ${formatMs(warmupMs)} are judged, and in no figure`;
}

export function silenceText({ silence }: LoadResult): string | undefined {
  return (
    silence &&
    `${formatMs(silence.ms)} without an answer at the longest, ${formatMs(silence.atMs)} into the load`
  );
}

export function cpuText({ cpu }: LoadResult): string | undefined {
  if (cpu === undefined) return undefined;
  const { services, drivers } = cpu;
  return `CPU per effect: services ${formatUs(services.usPerEffect)}, drivers ${formatUs(drivers.usPerEffect)}`;
}

export function generatorText({ generator, loop }: LoadResult): string | undefined {
  if (generator === undefined) return undefined;
  const { cpuShare, maxLagMs, limitedBy } = generator;
  const lag = loop?.kind === 'closed' ? '' : `, at most ${formatMs(maxLagMs)} late by itself`;
  const limit = limitedBy.length === 0 ? '' : ': it was the limit, and figures are rather its own';
  return `generator: busiest driver at ${Math.round(cpuShare * 100)} % of a core${lag}${limit}`;
}
