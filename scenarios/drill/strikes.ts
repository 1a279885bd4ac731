/** Strikes sections of a drill's services, one per step, like a load with faults. */
import { join } from 'node:path';
import { Challengers } from '../faults/strikes/challengers.ts';
import type { CourseField } from '../load/run/course.ts';
import { STRIKES_FILE } from '../evidence/files.ts';
import { REQUEST_TIMEOUT_MS } from '../load/run/generators.ts';
import { runClock } from '../load/service/journal.ts';
import type { Side } from '../load/service/migrating.ts';
import { openStrikes, type StrikeFile } from '../faults/strikes/strikeFile.ts';
import type { StrikerEvent } from '../load/service/striker.ts';
import { Strikes } from '../faults/strikes/strikes.ts';
import { createRandom } from '../random.ts';
import type { PlannedStep } from './plan.ts';
import type { HostedSide } from './sides.ts';

export interface StepStrikesOptions {
  readonly field: CourseField;
  readonly sides: Readonly<Record<Side, HostedSide>>;
  readonly namespaceOf: (side: Side) => string;
}

const BLACKHOLE_MS = 1500;
/**
 * How long a strike waits for recovery, in milliseconds. Some storages free the lock of a silent holder only after a
 * long time.
 */
const PATIENCE_MS = 4000;
/** How long a strike waits for a request to reach its point, in milliseconds. That is rare on a slow machine. */
const REACH_MS = 90_000;
/** How many requests may pass the point before one is struck. */
const MAX_AFTER = 6;
/** Keeps these random numbers apart from all others. */
const STREAM_OF_RANDOM = 0x57e9;

/** Carries out the planned strike of each step, one after another. */
export class StepStrikes {
  readonly #options: StepStrikesOptions;
  readonly #challengers: Challengers;
  readonly #file: StrikeFile;
  #now: Strikes | undefined;

  constructor(options: StepStrikesOptions) {
    const { options: load, driven: services, epoch, onUnwritten } = options.field;
    const { out, drivers, workload } = load;
    const timeoutMs = REQUEST_TIMEOUT_MS;
    this.#options = options;
    this.#challengers = new Challengers({
      out,
      drivers,
      workload,
      services,
      timeoutMs,
      now: runClock(epoch),
      onUnwritten,
    });
    this.#file = openStrikes(join(out, STRIKES_FILE), onUnwritten);
  }

  told(event: StrikerEvent): void {
    this.#now?.told(event);
  }

  /** Resolves when the strike of the step is over. Never rejects. */
  async strike({ number, strike }: PlannedStep, signal: AbortSignal): Promise<void> {
    if (strike === undefined) return;
    const { field, sides, namespaceOf } = this.#options;
    const { fault, point, side } = strike;
    const { seed, services } = field.options;
    const random = createRandom(seed, STREAM_OF_RANDOM, number);
    const service = 1 + random.integer(services);
    const after = random.integer(MAX_AFTER);
    const { hosting, proxies } = sides[side];
    // Only a service that is open can be struck.
    await field.fleet.replaceLost();
    this.#now = new Strikes({
      fleet: field.fleet,
      hosting,
      namespace: namespaceOf(side),
      proxies,
      blackholeMs: BLACKHOLE_MS,
      plan: [{ number, fault, point, service, after }],
      services,
      challengers: this.#challengers,
      now: runClock(field.epoch),
      clockAhead: false,
      mustRecover: false,
      patienceMs: PATIENCE_MS,
      reachMs: REACH_MS,
      file: this.#file,
    });
    await this.#now.run(signal);
    this.#now = undefined;
  }

  close(): void {
    this.#challengers.close();
    this.#file.close();
  }
}
