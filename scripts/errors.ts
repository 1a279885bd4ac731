/** What ends a command before it has a result, and what is then said. */
import { hasCode, LockstepError, type LockstepErrorCode } from '../scenarios/lockstepError.ts';
import { hideSecrets } from '../scenarios/secrets.ts';

/** The exit status for wrong usage and configuration, and for a failed environment. */
export const USAGE_STATUS = 2;
export const ENVIRONMENT_STATUS = 3;

/** Codes for what the user named: an option, a file, a folder. */
const USAGE_CODES: readonly LockstepErrorCode[] = [
  'USAGE',
  'EVIDENCE_MISSING',
  'EVIDENCE_VERSION',
  'EVIDENCE_MALFORMED',
  'RESULT_MISSING',
  'RESULT_NOT_JSON',
  'RESULT_VERSION',
  'RESULT_INVALID',
  'SHARDS_DIFFER',
  'OUT_NOT_A_RUN',
  'OUT_NOT_WRITABLE',
  'OUT_IN_USE',
];

/** A name or a path of so many characters is no longer read, only scrolled past. */
const LONG_WORD = /\S{500,}/g;
const SHOWN_CHARACTERS = 200;

/** What to print for `error`, without a stack trace, and the status to end with. */
export function explainError(error: unknown): { readonly message: string; readonly status: number } {
  const said = hideSecrets(error instanceof Error ? error.message : String(error));
  const message = said.replace(LONG_WORD, (word) => `${word.slice(0, SHOWN_CHARACTERS)}…`);
  return { message, status: isUsage(error) ? USAGE_STATUS : ENVIRONMENT_STATUS };
}

function isUsage(error: unknown): boolean {
  if (hasCode(error, 'TARGET_FAILED')) {
    // A module that is no target, or whose answers are no answers.
    return error.details.stage === 'load' || error.details.kind === 'invalid-answer';
  }
  return error instanceof LockstepError && USAGE_CODES.includes(error.code);
}
