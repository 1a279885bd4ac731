/** The errors of lockstep itself. Adapters reject with StorageError instead. */
import type { TargetFailure } from './host/process/failure.ts';
import type { LostHost } from './host/language/history.ts';

/** The closed list of codes, each with its details. */
export interface LockstepErrorDetails {
  /** An option, an argument or an option of a call is wrong. */
  USAGE: undefined;
  /** The target's own code failed. */
  TARGET_FAILED: TargetFailure;
  /** The storage behind the target cannot be read and written. */
  STORAGE_FAILED: undefined;
  /** The user or the time limit stopped the run before it was finished. */
  INTERRUPTED: undefined;
  /** A host process was lost. */
  HOST_LOST: LostHost;
  /** A process belongs to another build than its parent: lockstep was rebuilt while it ran. */
  OTHER_BUILD: undefined;
  /** A service or driver of a load failed. `code`: the code of the adapter's error, if the adapter was the reason. */
  WORKER_FAILED: { readonly code: string | undefined };
  /** A file of the evidence does not exist or cannot be opened. */
  EVIDENCE_MISSING: undefined;
  /** The evidence was written by another version of lockstep. */
  EVIDENCE_VERSION: undefined;
  /** The evidence is damaged, or is no evidence. */
  EVIDENCE_MALFORMED: undefined;
  /** Files of the evidence are missing or incomplete. */
  EVIDENCE_CUT: undefined;
  /** The evidence of a load cannot be written. */
  EVIDENCE_UNWRITTEN: undefined;
  /** The evidence, or a part that must be judged as a whole, needs more memory than there is. */
  EVIDENCE_TOO_LARGE: undefined;
  /** There is no result to read. */
  RESULT_MISSING: undefined;
  /** The text is no JSON: it was cut off, or it is another file. */
  RESULT_NOT_JSON: undefined;
  /** The result has another version of the result model. */
  RESULT_VERSION: undefined;
  /** The result has the right version but not the right shape. */
  RESULT_INVALID: undefined;
  /** Recorded runs are not the shards of one certification, or not all of them. */
  SHARDS_DIFFER: undefined;
  /** `--out` names a folder that contains something other than a recorded run. */
  OUT_NOT_A_RUN: undefined;
  /** A folder or a file cannot be created or written. */
  OUT_NOT_WRITABLE: undefined;
  /** Another run is writing to the folder. */
  OUT_IN_USE: undefined;
}

export type LockstepErrorCode = keyof LockstepErrorDetails;

/** The message says what was expected, what was found, and what to do. Callers branch on `code`. */
export class LockstepError<Code extends LockstepErrorCode = LockstepErrorCode> extends Error {
  override readonly name = 'LockstepError';
  readonly code: Code;
  readonly details: LockstepErrorDetails[Code];

  constructor(
    code: Code,
    message: string,
    ...[options]: undefined extends LockstepErrorDetails[Code]
      ? [options?: { readonly cause?: unknown }]
      : [options: { readonly cause?: unknown; readonly details: LockstepErrorDetails[Code] }]
  ) {
    const { cause, details } = (options ?? {}) as { cause?: unknown; details?: LockstepErrorDetails[Code] };
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details as LockstepErrorDetails[Code];
  }
}

/** Whether `error` is lockstep's own, with this code. */
export function hasCode<Code extends LockstepErrorCode>(
  error: unknown,
  code: Code,
): error is LockstepError<Code> {
  return error instanceof LockstepError && error.code === code;
}
