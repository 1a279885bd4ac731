/** The CPU time of a load's services and drivers. Each process reports its own a few times per second. */
import type { RunClock } from '../service/journal.ts';
import type { CpuTime } from './measured.ts';

export interface CpuReading {
  /** In ns since the run's start. */
  readonly at: number;
  /** User and system time since the process started, in microseconds. */
  readonly us: number;
}

/** How often a process reports, in milliseconds. */
const TELL_MS = 250;
const NS_PER_SECOND = 1e9;

export function readCpu(now: RunClock): CpuReading {
  const { user, system } = process.cpuUsage();
  return { at: now(), us: user + system };
}

/** Reports now and then a few times per second. `stop` reports once more. */
export function tellCpu(now: RunClock, tell: (reading: CpuReading) => void): { stop(): void } {
  const once = (): void => tell(readCpu(now));
  once();
  const timer = setInterval(once, TELL_MS).unref();
  return {
    stop: () => {
      clearInterval(timer);
      once();
    },
  };
}

/** The readings of one side's processes. For a killed process the last quarter of a second is missing. */
export class CpuReadings {
  readonly #processes = new Map<unknown, CpuReading[]>();

  /** `source`: any value that identifies the process. */
  add(source: unknown, reading: CpuReading): void {
    const known = this.#processes.get(source) ?? [];
    this.#processes.set(source, known);
    const last = known.at(-1);
    // A process that runs an adapter's code may send anything.
    if (last !== undefined && (reading.at < last.at || reading.us < last.us)) return;
    known.push(reading);
  }

  /** `load` and `part`: their beginning and end, in ns since the run's start. */
  timeOf(load: readonly [number, number], part: readonly [number, number]): CpuTime {
    const [from, to] = load;
    const seconds = Math.max(0, Math.ceil((to - from) / NS_PER_SECOND));
    const bySecond = Array.from({ length: seconds }, () => 0);
    let us = 0;
    for (const readings of this.#processes.values()) {
      us += usAt(readings, part[1]) - usAt(readings, part[0]);
      let before = usAt(readings, from);
      for (let second = 0; second < seconds; second += 1) {
        const after = usAt(readings, Math.min(to, from + (second + 1) * NS_PER_SECOND));
        bySecond[second] = (bySecond[second] ?? 0) + after - before;
        before = after;
      }
    }
    return { us: Math.round(us), bySecond: bySecond.map(Math.round) };
  }
}

/** The CPU time that a process had used at that time, interpolated between two readings. */
function usAt(readings: readonly CpuReading[], at: number): number {
  let low = 0;
  let high = readings.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((readings[middle] as CpuReading).at <= at) low = middle + 1;
    else high = middle;
  }
  const before = readings[low - 1];
  const after = readings[low];
  if (before === undefined || after === undefined) return (before ?? after)?.us ?? 0;
  return before.us + ((after.us - before.us) * (at - before.at)) / (after.at - before.at);
}
