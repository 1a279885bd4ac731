/** Measures what the programs of a clause spend their time on. */
import { setTimeout } from 'node:timers/promises';
import type { Host, Loan } from '../../../scenarios/host/index.ts';
import type { ClauseTimings, TimedPhase } from '../../result.ts';

/** How long to wait for a host's answer, because its adapter may keep it busy. */
const ANSWER_MS = 1000;

export class Stopwatch {
  readonly #now: () => number;
  readonly #ms: Record<TimedPhase, number> = { hosts: 0, open: 0, programs: 0, close: 0 };
  #blockedSteps = 0;
  #hostCpuMs = 0;

  /** `now`: milliseconds of a monotonic clock. */
  constructor(now: () => number) {
    this.#now = now;
  }

  async of<T>(phase: TimedPhase, action: () => Promise<T>): Promise<T> {
    const start = this.#now();
    try {
      return await action();
    } finally {
      this.#ms[phase] += this.#now() - start;
    }
  }

  /** Counts the steps that counted as blocked, because each of them cost a wait. */
  countBlocked(order: readonly { readonly blocked: boolean }[]): void {
    this.#blockedSteps += order.filter(({ blocked }) => blocked).length;
  }

  /** Returns the same loan, and counts the CPU time of its hosts until it is released. */
  async watchCpu(loan: Loan): Promise<Loan> {
    const before = await cpuOf(loan.hosts);
    return {
      hosts: loan.hosts,
      release: async () => {
        this.#hostCpuMs += Math.max(0, (await cpuOf(loan.hosts)) - before);
        return loan.release();
      },
    };
  }

  get timings(): ClauseTimings {
    const { hosts, open, programs, close } = this.#ms;
    return {
      hostsMs: Math.round(hosts),
      openMs: Math.round(open),
      programsMs: Math.round(programs),
      closeMs: Math.round(close),
      blockedSteps: this.#blockedSteps,
      hostCpuMs: Math.round(this.#hostCpuMs),
    };
  }
}

/** The CPU time of the hosts that answer. */
async function cpuOf(hosts: readonly Host[]): Promise<number> {
  const each = await Promise.all(
    hosts.map((host) =>
      Promise.race([host.cpuMs().catch(() => 0), setTimeout(ANSWER_MS, 0, { ref: false })]),
    ),
  );
  return each.reduce((sum, ms) => sum + ms, 0);
}
