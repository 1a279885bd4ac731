/** What goes wrong with a target or a host outside of a program's steps, as data that travels. */
import type { Caught } from '../language/program.ts';

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
  /** The process that the target's own code ran in was lost. */
  'process-lost',
  /** The target's own code returned what it must not; `problems` says what. */
  'invalid-answer',
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

export const STAGES = [
  'load',
  'start',
  'environment',
  'fault',
  'network',
  'stop',
  'destroy',
  'storage',
  'open',
  'codec',
  'run',
  'close',
] as const;
export type FailureStage = (typeof STAGES)[number];

/** What the target did not do. The message says what was expected, what came and what to do. */
export interface TargetFailure {
  readonly stage: FailureStage;
  readonly kind: FailureKind;
  readonly message: string;
  readonly caught?: Caught;
  /** One line each. */
  readonly problems?: readonly string[];
}
