/** What `lockstep check` found in one file, for its renderers. */
import type { CheckResult } from '../../suites/checker/result.ts';

export interface CheckedFile {
  /** As the user called it. */
  readonly name: string;
  readonly result: CheckResult;
}
