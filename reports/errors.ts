/** What goes wrong around recorded results: always the user's file or folder, so the command line exits with 2. */

export const REPORT_ERROR_CODES = [
  /** There is no result to read. */
  'RESULT_MISSING',
  /** The text is no JSON: cut off, or another file. */
  'RESULT_NOT_JSON',
  /** Written for another version of the result model. */
  'RESULT_VERSION',
  /** The right version, but not the right shape. */
  'RESULT_INVALID',
  /** `--out` names a folder that holds something else than a recorded run. */
  'OUT_NOT_A_RUN',
  /** The folder cannot be made or written. */
  'OUT_NOT_WRITABLE',
] as const;
export type ReportErrorCode = (typeof REPORT_ERROR_CODES)[number];

/** The message says what was expected, what came, and what to do. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
  readonly code: ReportErrorCode;

  constructor(code: ReportErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
