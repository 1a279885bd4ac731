/** How a load was measured, one line each, without a full stop. Undefined: an older version recorded the load. */
import { formatCount, formatMs, formatShare, formatUs, plural } from '../words/format.ts';
import type { LoadResult } from '../model.ts';

export function loopText({ loop }: LoadResult): string | undefined {
  switch (loop?.kind) {
    case undefined:
      return undefined;
    case 'closed':
      return 'closed: a connection sends when it is answered, so that slow answers hide what would have come after them; "corrected" estimates it';
    case 'open': {
      const { ratePerSecond, due, neverSent } = loop;
      const unsent =
        neverSent === 0
          ? ''
          : `; ${formatCount(neverSent)} of ${formatCount(due)} requests were never sent (${formatShare(neverSent, due)})`;
      return `open: ${formatRate(ratePerSecond)} requests/s, and latency from when each was due${unsent}`;
    }
    case 'stepped': {
      const { heldPerSecond, closedPerSecond, steps } = loop;
      const after = `in ${plural(steps.length, 'step')} after a closed loop of ${formatRate(closedPerSecond)} requests/s`;
      if (heldPerSecond === null) return `open, ${after}: no rate held`;
      const isLimit = steps.at(-1)?.held === false ? '' : '; no higher one was tried';
      return `open, ${after}: ${formatRate(heldPerSecond)} requests/s is the highest rate that held, and all figures are from it${isLimit}`;
    }
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
    : `the first ${formatMs(warmupMs)} are judged, but do not count in the figures`;
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
  return `services ${formatUs(services.usPerEffect)}, drivers ${formatUs(drivers.usPerEffect)}`;
}

export function generatorText({ generator, loop }: LoadResult): string | undefined {
  if (generator === undefined) return undefined;
  const { cpuShare, maxLagMs, limitedBy } = generator;
  const lag = loop?.kind === 'closed' ? '' : `, at most ${formatMs(maxLagMs)} late by itself`;
  const limit =
    limitedBy.length === 0
      ? ''
      : ': the drivers were the limit, so the figures show them rather than the target';
  return `busiest driver at ${Math.round(cpuShare * 100)} % of a core${lag}${limit}`;
}
