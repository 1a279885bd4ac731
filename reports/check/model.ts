/** What `lockstep check` found in one file, for its renderers. */
import type { CheckResult } from '../../suites/checker/result.ts';

export interface CheckedFile {
  /** The file as the user named it. */
  readonly name: string;
  readonly result: CheckResult;
}
