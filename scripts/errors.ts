/** The errors that end a command before it has a result, and their messages. */
import { hasCode, LockstepError, type LockstepErrorCode } from '../scenarios/lockstepError.ts';
import { hideSecrets } from '../scenarios/secrets.ts';

/** The exit status for wrong usage and configuration, and for a failed environment. */
export const USAGE_STATUS = 2;
export const ENVIRONMENT_STATUS = 3;

/** The codes for errors in what the user named: an option, a file, a folder. */
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

/** Nobody reads a name or a path of this many characters. */
const LONG_WORD = /\S{500,}/g;
const SHOWN_CHARACTERS = 200;

/** The message for `error`, without a stack trace, and the exit status. */
export function explainError(error: unknown): { readonly message: string; readonly status: number } {
  const said = hideSecrets(error instanceof Error ? error.message : String(error));
  const message = said.replace(LONG_WORD, (word) => `${word.slice(0, SHOWN_CHARACTERS)}…`);
  return { message, status: isUsage(error) ? USAGE_STATUS : ENVIRONMENT_STATUS };
}

function isUsage(error: unknown): boolean {
  if (hasCode(error, 'TARGET_FAILED')) {
    // The module is not a target, or its answers are invalid.
    return error.details.stage === 'load' || error.details.kind === 'invalid-answer';
  }
  return error instanceof LockstepError && USAGE_CODES.includes(error.code);
}
