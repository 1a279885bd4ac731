/** Failures of a target or a host outside the steps of a program, as data that can be sent between processes. */
import type { Caught } from '../language/history.ts';

export const FAILURE_KINDS = [
  /** The module does not exist. */
  'not-found',
  /** It is not valid TypeScript or JavaScript. */
  'does-not-compile',
  /** Its code threw during the import, or a module that it imports is missing. */
  'import-failed',
  'no-default-export',
  /** The default export is not a target. */
  'invalid-target',
  /** The target's own code threw `caught`. */
  'threw',
  /** The target's own code did not finish within the bound. */
  'timed-out',
  /** The process that the target's own code ran in was lost. */
  'process-lost',
  /** The target's own code returned a wrong value; `problems` says what is wrong. */
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

/** What the target failed to do. The message says what was expected, what was found and what to do. */
export interface TargetFailure {
  readonly stage: FailureStage;
  readonly kind: FailureKind;
  readonly message: string;
  readonly caught?: Caught;
  /** One line each. */
  readonly problems?: readonly string[];
}
