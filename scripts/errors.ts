/** What ends a command before it has a result, and what is then said. */
import { ReportError } from '../reports/errors.ts';
import { TargetFailure } from '../scenarios/host/index.ts';
import { EvidenceError } from '../scenarios/load/index.ts';

/** The user's mistake: exit status 2. The message says what was expected, what came, and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The exit status for wrong usage and configuration, and for a failed environment. */
export const USAGE_STATUS = 2;
export const ENVIRONMENT_STATUS = 3;

/** What to print for `error`, without a stack trace, and the status to end with. */
export function explainError(error: unknown): { readonly message: string; readonly status: number } {
  const message = error instanceof Error ? error.message : String(error);
  return { message, status: isUsage(error) ? USAGE_STATUS : ENVIRONMENT_STATUS };
}

/** Whether what the user named is wrong: an option, a file, a module that is no target. */
function isUsage(error: unknown): boolean {
  if (error instanceof TargetFailure) {
    return error.data.stage === 'load' || error.data.kind === 'invalid-answer';
  }
  return [UsageError, ReportError, EvidenceError, RangeError].some((type) => error instanceof type);
}
