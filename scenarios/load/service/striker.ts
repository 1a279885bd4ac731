/**
 * Holds a request of this service at a point, so that the run can strike exactly there. The plan chooses the request
 * by counting, never by the clock.
 */
import type { Awaitable } from '../../../adapters/contract/index.ts';
import type { StrikePoint } from '../../faults/points.ts';

/** The points that a service can observe. */
export type HeldPoint = Exclude<StrikePoint, 'commit' | 'commit-answer'>;

export interface ArmedStrike {
  readonly number: number;
  readonly point: HeldPoint;
  /** How many requests pass the point first. */
  readonly after: number;
  /**
   * Whether the service's other requests are held at their next points until `disarm`, so that nothing else commits.
   */
  readonly alone: boolean;
}

/** Sent to the run when a request has reached the point. The request is held until `resume`. */
export interface ReachedPoint {
  readonly reached: number;
  readonly stream: string;
}

/** Sent to the run when a section of a watched stream has begun. */
export interface EnteredSection {
  readonly entered: string;
}

export type StrikerEvent = ReachedPoint | EnteredSection;

/** The longest that a request is held, in milliseconds, because the run may have ended early. */
const LONGEST_HOLD_MS = 120_000;

export class Striker {
  readonly #tell: (event: StrikerEvent) => void;
  #watched: string | undefined;
  #armed: { readonly strike: ArmedStrike; left: number } | undefined;
  /** The gates of the struck request, and of all others. */
  #held: Gate | undefined;
  #others: Gate | undefined;

  constructor(tell: (event: StrikerEvent) => void) {
    this.#tell = tell;
  }

  arm(strike: ArmedStrike): void {
    this.#armed = { strike, left: strike.after };
  }

  /** Disarms the service, and releases held requests. */
  disarm(): void {
    this.#armed = undefined;
    this.resume();
    this.#others?.open();
    this.#others = undefined;
  }

  /** Reports once when a section of the stream begins. */
  watch(stream: string): void {
    this.#watched = stream;
  }

  /** Lets the struck request continue. */
  resume(): void {
    this.#held?.open();
    this.#held = undefined;
  }

  /** Called by every request as it passes `point`. */
  at(point: HeldPoint, stream: string): Awaitable<void> {
    if (this.#armed === undefined && this.#watched === undefined && this.#others === undefined)
      return undefined;
    return this.#holdAt(point, stream);
  }

  async #holdAt(point: HeldPoint, stream: string): Promise<void> {
    if (point === 'entered' && stream === this.#watched) {
      this.#watched = undefined;
      this.#tell({ entered: stream });
    }
    await this.#others?.opened;
    const armed = this.#armed;
    if (armed === undefined || armed.strike.point !== point) return;
    if (armed.left > 0) {
      armed.left -= 1;
      return;
    }
    this.#armed = undefined;
    this.#held = closedGate();
    if (armed.strike.alone) this.#others = closedGate();
    this.#tell({ reached: armed.strike.number, stream });
    await this.#held.opened;
  }
}

interface Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

function closedGate(): Gate {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, LONGEST_HOLD_MS);
    open = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  return { opened, open };
}
