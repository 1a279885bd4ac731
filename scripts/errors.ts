/** What ends a command before it has a result, and what is then said. */
import { ReportError } from '../reports/errors.ts';

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
  const usage = error instanceof UsageError || error instanceof ReportError;
  return { message, status: usage ? USAGE_STATUS : ENVIRONMENT_STATUS };
}
