/** How long the clauses of a certification took, the longest first. */
import type { ClauseResult, ClauseTimings } from '../../suites/result.ts';
import type { TableBlock } from '../document/model.ts';
import { formatCount, formatMs } from '../words/format.ts';
import type { Certification } from '../model.ts';

interface Timed {
  readonly name: string;
  readonly durationMs: number;
  readonly timings: ClauseTimings;
}

const HEAD = [
  'clause',
  'wall',
  'hosts',
  'open',
  'programs',
  'close',
  'rest',
  'CPU of hosts',
  'blocked steps',
];

/** Empty if timings were not requested. */
export function timingTables(certifications: readonly Certification[]): TableBlock[] {
  return certifications.flatMap(({ target, clauses, durationMs }) => {
    const timed = clauses.flatMap(timedOf).toSorted((a, b) => b.durationMs - a.durationMs);
    if (timed.length === 0) return [];
    return [
      {
        kind: 'table',
        caption: `${target.spec}: ${formatMs(durationMs)}; clauses are checked side by side, so their times overlap`,
        head: HEAD,
        rows: [cellsOf(sumOf(timed)), ...timed.map(cellsOf)],
        numbersFrom: 1,
      },
    ];
  });
}

function timedOf({ clause: name, durationMs, timings }: ClauseResult): Timed[] {
  return timings === undefined ? [] : [{ name, durationMs, timings }];
}

function sumOf(timed: readonly Timed[]): Timed {
  const sum = (of: (one: Timed) => number): number => timed.reduce((total, one) => total + of(one), 0);
  return {
    name: 'all',
    durationMs: sum(({ durationMs }) => durationMs),
    timings: {
      hostsMs: sum(({ timings }) => timings.hostsMs),
      openMs: sum(({ timings }) => timings.openMs),
      programsMs: sum(({ timings }) => timings.programsMs),
      closeMs: sum(({ timings }) => timings.closeMs),
      hostCpuMs: sum(({ timings }) => timings.hostCpuMs),
      blockedSteps: sum(({ timings }) => timings.blockedSteps),
    },
  };
}

function cellsOf({ name, durationMs, timings }: Timed): string[] {
  const { hostsMs, openMs, programsMs, closeMs, hostCpuMs, blockedSteps } = timings;
  const rest = Math.max(0, durationMs - hostsMs - openMs - programsMs - closeMs);
  const times = [durationMs, hostsMs, openMs, programsMs, closeMs, rest, hostCpuMs];
  return [name, ...times.map(formatMs), formatCount(blockedSteps)];
}
