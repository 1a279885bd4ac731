/** What goes wrong with a target or a host outside of a program's steps, as typed errors that travel. */
import type { Caught, LostHost } from './program.ts';

export const FAILURE_KINDS = [
  /** The module does not exist. */
  'not-found',
  /** It is not valid TypeScript or JavaScript. */
  'does-not-compile',
  /** Its code threw while it was imported, or something that it imports is missing. */
  'import-failed',
  'no-default-export',
  /** The default export is not a target. */
  'invalid-target',
  /** The target's own code threw; `caught` is what. */
  'threw',
  /** The target's own code did not finish within the bound. */
  'timed-out',
  /** The target's own code returned what it must not; `problems` says what. */
  'invalid-answer',
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

export const STAGES = ['load', 'start', 'stop', 'destroy', 'open', 'codec', 'run', 'close'] as const;
export type Stage = (typeof STAGES)[number];

export interface TargetFailureData {
  readonly stage: Stage;
  readonly kind: FailureKind;
  readonly message: string;
  readonly caught?: Caught;
  /** One line each. */
  readonly problems?: readonly string[];
}

/** The target did not do its part. The message says what was expected, what came and what to do. */
export class TargetFailure extends Error {
  override readonly name = 'TargetFailure';
  readonly data: TargetFailureData;

  constructor(data: TargetFailureData) {
    super(data.message);
    this.data = data;
  }
}

/** The host process is gone; `lost` says how. */
export class HostLost extends Error {
  override readonly name = 'HostLost';
  readonly lost: LostHost;

  constructor(lost: LostHost) {
    super(`Host process ${lost.process} was lost (${lost.reason}): ${lost.detail}`);
    this.lost = lost;
  }
}

/** The host is of another build than its parent, for lockstep was rebuilt while it ran. */
export class OtherBuild extends Error {
  override readonly name = 'OtherBuild';
}
