/** The driver processes of a run. */
import { join } from 'node:path';
import type { StatedIdRule } from '../../../adapters/contract/index.ts';
import { Worker } from './channel.ts';
import type { DrivenService, DriverCommand, DriverEvent, DriverPaced, DriverReport } from './control.ts';
import { CpuReadings } from '../measuring/cpu.ts';
import type { OnUnwritten } from '../../evidence/evidenceStream.ts';
import type { Paced } from '../measuring/saturation.ts';
import { mayBeStruck, portion, STRIKE_LIMIT_MS, type LoadProgress, type RequestedLoad } from './options.ts';

/** How long a driver waits for an answer, in milliseconds: longer than a service waits for a lock. */
export const REQUEST_TIMEOUT_MS = 10_000;
/** How long a driver may repeat unknown requests after its own end, in milliseconds. */
const SETTLE_MS = 120_000;
/** How long a stopped driver may wait for answers and repeat unknown requests, in milliseconds. */
const STOP_MS = 60_000;
const PROGRESS_MS = 250;
/** How long a driver may take to adopt another rate, in milliseconds. */
const PACE_MS = 10_000;
/** How long after the end of a load answers are still expected, in milliseconds. */
const LATE_ANSWERS_MS = 1000;
/** The longest duration of the steps, as a multiple of their planned time. */
const STEPS_LATE = 2;
/** Used without a time limit: a day. */
const UNBOUNDED_MS = 86_400_000;

export interface GeneratorListener {
  readonly onUnwritten: OnUnwritten;
  /** Called with the number of streams that a driver's plan needs by now. */
  readonly onNeed: (streams: number) => void;
}

export class Generators {
  readonly cpu: CpuReadings = new CpuReadings();
  readonly #options: RequestedLoad;
  readonly #repeatMs: number;
  readonly #ids: StatedIdRule | null;
  readonly #workers: Worker<DriverCommand>[] = [];
  readonly #operations: number[];
  #stop = (): void => {};

  /** Requests of unknown outcome are repeated for at least `repeatMs` milliseconds, unless they are answered. */
  constructor(
    options: RequestedLoad,
    repeatMs: number,
    ids: StatedIdRule | null,
    { onUnwritten, onNeed }: GeneratorListener,
  ) {
    this.#options = options;
    this.#ids = ids;
    this.#repeatMs = repeatMs;
    this.#operations = Array.from({ length: options.drivers }, () => 0);
    for (let driver = 0; driver < options.drivers; driver += 1)
      this.#workers.push(
        new Worker(`Driver ${driver + 1}`, 'scenarios/load/driver/driver', (event) => {
          const told = event as DriverEvent;
          if ('unwritten' in told) onUnwritten(told.unwritten);
          else if ('streams' in told) onNeed(told.streams);
          else if ('cpu' in told) this.cpu.add(driver, told.cpu);
          else this.#operations[driver] = told.operations;
        }),
      );
  }

  /** Resolves when all drivers are done. Rejects if one ends on its own. `streams`: the number of streams. */
  async drive(services: readonly DrivenService[], epoch: bigint, streams: number): Promise<DriverReport[]> {
    const limitMs = this.#limitMs() + SETTLE_MS + this.#repeatMs;
    const stopMs = STOP_MS + this.#repeatMs;
    const progress = this.#startProgress();
    const driving = Promise.all(
      this.#workers.map((worker, driver) =>
        worker.call<DriverReport>(this.#command(driver, services, epoch, streams), limitMs),
      ),
    );
    const late = new Promise<never>((_, reject) => {
      let timer: NodeJS.Timeout | undefined;
      this.#stop = () => {
        for (const worker of this.#workers) worker.call({ do: 'stop' }, stopMs).catch(() => {});
        timer ??= setTimeout(() => reject(new Error('The drivers did not stop in time.')), stopMs);
      };
      driving.finally(() => clearTimeout(timer)).catch(() => {});
    });
    try {
      return await Promise.race([driving, late]);
    } finally {
      clearInterval(progress);
    }
  }

  /** Tells the drivers how many streams exist now. */
  provide(streams: number): void {
    // A driver that has ended needs none.
    for (const worker of this.#workers) worker.call({ do: 'provide', streams }, STOP_MS).catch(() => {});
  }

  /** Sets the total requests per second from now on. Null: as before. Rejects if a driver has ended. */
  async pace(ratePerSecond: number | null): Promise<Paced & Pick<DriverPaced, 'effects'>> {
    const rate = ratePerSecond === null ? null : ratePerSecond / this.#workers.length;
    const paced = await Promise.all(
      this.#workers.map((worker) => worker.call<DriverPaced>({ do: 'pace', rate }, PACE_MS)),
    );
    const sum = (valueOf: (one: DriverPaced) => number): number =>
      paced.reduce((all, one) => all + valueOf(one), 0);
    return {
      pacing: { due: sum(({ pacing }) => pacing.due), sent: sum(({ pacing }) => pacing.sent) },
      answered: sum(({ answered }) => answered),
      effects: sum(({ effects }) => effects),
    };
  }

  /** Tells the drivers to end their plans. */
  stop(): void {
    this.#stop();
  }

  /** Ends the processes. Everything that they recorded is written. */
  async close(): Promise<void> {
    await Promise.all(
      this.#workers.map(async (worker) => {
        worker.signal('SIGTERM');
        await worker.end();
      }),
    );
  }

  /**
   * The longest time that drivers may send, in milliseconds. In a load with faults, they are stopped when the faults
   * are over.
   */
  #limitMs(): number {
    const { durationMs = UNBOUNDED_MS, faults, rate } = this.#options;
    // The duration of steps is not fixed.
    if (rate === 'auto') return durationMs * STEPS_LATE;
    return durationMs + (faults === undefined ? 0 : faults.names.length * faults.strikes * STRIKE_LIMIT_MS);
  }

  #startProgress(): NodeJS.Timeout | undefined {
    const { onProgress, onPhase, operations: planned } = this.#options;
    if (onProgress === undefined) return undefined;
    let isOver = false;
    const from = performance.now();
    let last = { operations: 0, at: from };
    return setInterval(() => {
      const at = performance.now();
      const operations = this.#operations.reduce((sum, each) => sum + each, 0);
      const perSecond = ((operations - last.operations) * 1000) / Math.max(1, at - last.at);
      last = { operations, at };
      if (!isOver && at - from > this.#limitMs() + LATE_ANSWERS_MS) {
        isOver = true;
        onPhase?.({
          what: 'repeating requests until their outcome is known',
          atMostMs: SETTLE_MS + this.#repeatMs,
        });
      }
      const progress: LoadProgress = { operations, elapsedMs: at - from, perSecond };
      onProgress(planned === undefined ? progress : { ...progress, planned });
    }, PROGRESS_MS);
  }

  #command(
    driver: number,
    services: readonly DrivenService[],
    epoch: bigint,
    streams: number,
  ): DriverCommand {
    const { drivers, mix, workload, seed, planned, operations, durationMs, connections, rate, out } =
      this.#options;
    return {
      do: 'drive',
      driver,
      drivers,
      services,
      mix,
      workload,
      seed,
      operations: planned,
      share: operations === undefined ? null : portion(operations, drivers, driver),
      durationMs:
        this.#options.faults === undefined && rate !== 'auto' ? (durationMs ?? null) : this.#limitMs(),
      streams,
      connections: portion(connections, drivers, driver),
      rate: typeof rate === 'number' ? rate / drivers : null,
      isStepped: rate === 'auto',
      timeoutMs: REQUEST_TIMEOUT_MS,
      repeatMs: this.#repeatMs,
      revives: mayBeStruck(this.#options),
      epoch: String(epoch),
      history: join(out, `history-${driver + 1}.jsonl`),
      ids: this.#ids,
    };
  }
}
