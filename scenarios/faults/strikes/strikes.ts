/** Strikes a load with its faults, one after another, and measures when the struck stream is usable again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { defined } from '../../../adapters/contract/defined.ts';
import type { Strike } from '../../evidence.ts';
import { faultOf } from '../catalog.ts';
import type { Field, Injection } from '../fault.ts';
import { SKEW_MS } from '../kinds/clockSkew.ts';
import type { PlannedStrike } from '../plan.ts';
import { isAtCommit } from '../points.ts';
import type { Challengers } from './challengers.ts';
import type { ServiceCommand } from '../../load/run/control.ts';
import type { Fleet } from '../../load/run/fleet.ts';
import type { Hosting } from '../../load/run/hosting.ts';
import type { RunClock } from '../../load/service/journal.ts';
import type { StrikeFile } from './strikeFile.ts';
import type { HeldPoint, StrikerEvent } from '../../load/service/striker.ts';

/** What faults act on, and what records their consequences. */
export interface StruckField extends Field {
  readonly fleet: Fleet;
  readonly hosting: Hosting;
}

export interface StrikesOptions extends StruckField {
  readonly plan: readonly PlannedStrike[];
  readonly services: number;
  readonly challengers: Challengers;
  readonly now: RunClock;
  /** Whether the clock of a service that will be killed runs ahead. */
  readonly clockAhead: boolean;
  /** Whether the target promises recovery. Then it is a violation if a stream does not become usable again. */
  readonly mustRecover: boolean;
  /** How long to try for a stream that was struck, in milliseconds. */
  readonly patienceMs: number;
  /** How long a request may take to reach its point, in milliseconds. Default 20,000. */
  readonly reachMs?: number;
  /** The file for the strikes. `close` closes it. */
  readonly file: StrikeFile;
}

const REACH_MS = 20_000;
/** How long others may work on a stream that was taken from its holder before the holder continues, in milliseconds. */
const SUPERSEDED_MS = 2500;
const PROBE_PAUSE_MS = 20;
const COMMAND_MS = 10_000;
/** How long the load continues undisturbed between two strikes, in milliseconds. */
const REST_MS = 300;

type Usable = Strike['usable'][number];
type Tell = Extract<ServiceCommand, { readonly do: 'resume' | 'disarm' | 'skew' | 'watch' }>;

export class Strikes {
  readonly #options: StrikesOptions;
  #waiting: { readonly number: number; reached(stream: string): void } | undefined;
  #watching: { readonly stream: string; entered(): void } | undefined;
  /** Rejects when nobody waits for the strikes any more. */
  #over: Promise<never> = new Promise(() => {});
  #isOver = false;

  constructor(options: StrikesOptions) {
    this.#options = options;
  }

  /** Called with each report of a service. */
  told(event: StrikerEvent): void {
    if ('entered' in event) {
      if (this.#watching?.stream === event.entered) this.#watching.entered();
    } else if (this.#waiting?.number === event.reached) this.#waiting.reached(event.stream);
  }

  /** Resolves when every planned strike is over, or soon after `signal` is aborted. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    let end = (): void => {};
    this.#over = new Promise((_, reject) => {
      end = () => {
        this.#isOver = true;
        reject(new Error('the load ended'));
      };
    });
    signal.addEventListener('abort', end, { once: true });
    try {
      await this.#strikeAll(signal);
    } finally {
      // A course uses the same signal for many of these.
      signal.removeEventListener('abort', end);
    }
  }

  async #strikeAll(signal: AbortSignal): Promise<void> {
    this.#over.catch(() => {});
    let lost: Strike | undefined;
    for (const planned of this.#options.plan) {
      if (signal.aborted) return;
      const strike = lost === undefined ? await this.#strike(planned) : notAfter(lost, planned);
      if (!this.#note(strike)) return;
      if (lost !== undefined) continue;
      // The load continues with as many services as requested.
      await this.#options.fleet.replaceLost();
      await sleep(REST_MS);
      // Every further strike would wait as long in vain.
      if (this.#options.mustRecover && strike.usable.some(({ at }) => at === null)) lost = strike;
    }
  }

  /** False: the strike cannot be written. The code that opened the file is told. */
  #note(strike: Strike): boolean {
    try {
      this.#options.file.write(strike);
      return true;
    } catch {
      return false;
    }
  }

  /** Call it after `run` has resolved. */
  close(): void {
    this.#options.challengers.close();
    this.#options.file.close();
  }

  async #strike(planned: PlannedStrike): Promise<Strike> {
    const { number, fault, point, service } = planned;
    const base = { number, fault, point, service };
    let stream: string | undefined;
    try {
      stream = await this.#hold(planned);
      const injection = await faultOf(fault).start(this.#options, planned, {
        resume: () => this.#tell(service, { do: 'resume' }),
        release: () => this.#tell(service, { do: 'disarm' }),
      });
      return { ...base, stream, ...(await this.#recover(planned, stream, injection)) };
    } catch (error) {
      const worker = this.#options.fleet.worker(service);
      if (worker.exit === undefined) {
        await this.#tell(service, { do: 'disarm' });
        await this.#tell(service, { do: 'skew', ms: 0 });
      }
      const missed = error instanceof Error ? error.message : String(error);
      return {
        ...base,
        ...defined({ stream }),
        missed,
        usable: [],
        ended: this.#ended(),
      };
    }
  }

  /** Resolves with the stream of the request that is held at the point. */
  async #hold({ number, fault, point, after, service }: PlannedStrike): Promise<string> {
    // Only the proxy sees a commit. The service holds the request at its last point before that.
    const held: HeldPoint = isAtCommit(point) ? 'executed' : point;
    const reached = new Promise<string>((resolve) => {
      this.#waiting = { number, reached: resolve };
    });
    const worker = this.#options.fleet.worker(service);
    if (this.#options.clockAhead && fault === 'kill-holder')
      await worker.call({ do: 'skew', ms: SKEW_MS }, COMMAND_MS);
    await worker.call(
      { do: 'arm', strike: { number, point: held, after, alone: isAtCommit(point) } },
      COMMAND_MS,
    );
    const { reachMs = REACH_MS } = this.#options;
    const late = sleep(reachMs, undefined, { ref: false });
    const stream = await Promise.race([reached, late, this.#over]);
    if (stream === undefined) throw new Error(`no request got to the point "${held}" within ${reachMs} ms`);
    return stream;
  }

  async #recover(
    { fault, service }: PlannedStrike,
    stream: string,
    injection: Injection,
  ): Promise<Pick<Strike, 'at' | 'until' | 'proof' | 'usable' | 'ended'>> {
    const { services, now } = this.#options;
    const at = now();
    const others = Array.from({ length: services }, (_, index) => index + 1).filter((one) => one !== service);
    const isForAll = faultOf(fault).strikes === 'storage';
    // While the storage itself is struck, no service can have the stream.
    const probes = isForAll ? [] : others.map((other) => this.#probe(other, stream));
    let challenging = Promise.resolve();
    const superseded = async (): Promise<void> => {
      challenging = this.#options.challengers.challenge(stream, service);
      await Promise.race([challenging, sleep(SUPERSEDED_MS)]);
    };
    const taken = injection.untilOthersHaveIt === true ? this.#taken(others, stream, probes) : undefined;
    try {
      await Promise.race([this.#last(injection, taken, superseded), this.#over]);
    } finally {
      await injection.heal?.();
    }
    const until = now();
    const after = [service, ...(isForAll ? others : [])].map((one) => this.#probe(one, stream));
    await Promise.race([challenging, this.#over]);
    const usable = await Promise.race([Promise.all([...probes, ...after]), this.#over]);
    return {
      at,
      ...(injection.heal === undefined ? {} : { until }),
      proof: injection.proof,
      usable,
      ended: this.#ended(),
    };
  }

  /** Waits as long as the fault is to last. */
  async #last(
    { lastsMs = 0 }: Injection,
    taken: Promise<unknown> | undefined,
    superseded: () => Promise<void>,
  ): Promise<void> {
    const least = sleep(lastsMs);
    if (taken !== undefined) {
      await taken;
      await superseded();
    }
    await least;
  }

  /**
   * Resolves when others have the stream: a section of the load has begun on it (it may still wait for rows that the
   * former holder has locked), or every probe has had it or has given up.
   */
  async #taken(others: readonly number[], stream: string, probes: readonly Promise<Usable>[]): Promise<void> {
    const entered = new Promise<void>((resolve) => {
      this.#watching = { stream, entered: resolve };
    });
    for (const service of others) void this.#tell(service, { do: 'watch', stream });
    await Promise.race([entered, Promise.all(probes)]);
  }

  /** Asks a service for the stream until its lock is granted. Never rejects. */
  async #probe(service: number, stream: string): Promise<Usable> {
    const { patienceMs, fleet } = this.#options;
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const leftMs = deadline - performance.now();
      const worker = fleet.worker(service);
      if (leftMs <= 0 || worker.exit !== undefined || this.#isOver) return { service, at: null };
      try {
        return { service, at: await worker.call<number>({ do: 'probe', stream }, Math.ceil(leftMs)) };
      } catch {
        // Another caller still holds the lock, or the storage is not back yet.
        await sleep(PROBE_PAUSE_MS);
      }
    }
  }

  #ended(): Strike['ended'] {
    return this.#options.fleet.lost();
  }

  async #tell(service: number, command: Tell): Promise<void> {
    await this.#options.fleet
      .worker(service)
      .call(command, COMMAND_MS)
      .catch(() => {});
  }
}

function notAfter(lost: Strike, { number, fault, point, service }: PlannedStrike): Strike {
  const missed = `what strike ${lost.number} had struck was never usable again`;
  return { number, fault, point, service, missed, usable: [], ended: [] };
}
