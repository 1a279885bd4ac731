/** Strikes the sections of a drill's services, one in each step, as those of a load with faults are struck. */
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
/** Some storages free what a silent holder has only after long; what the step is about goes on meanwhile. */
const PATIENCE_MS = 4000;
/** A slow machine, or a side in trouble, lets few requests get to their points; in milliseconds. */
const REACH_MS = 90_000;
/** Requests that pass the point before one is struck. */
const MOST_AFTER = 6;
/** Keeps these random numbers apart from all others. */
const STREAM_OF_RANDOM = 0x57e9;

/** Strikes in turn what is planned for each step. */
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

  /** Resolves when what the step is struck by is over. Never rejects. */
  async strike({ number, strike }: PlannedStep, signal: AbortSignal): Promise<void> {
    if (strike === undefined) return;
    const { field, sides, namespaceOf } = this.#options;
    const { fault, point, side } = strike;
    const { seed, services } = field.options;
    const random = createRandom(seed, STREAM_OF_RANDOM, number);
    const service = 1 + random.integer(services);
    const after = random.integer(MOST_AFTER);
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
