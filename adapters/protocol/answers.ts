/** The answers of the settlement protocol: exact bodies, and their status. */
import { codeOf, isStorageError, type IdempotencyRecord, type StorageErrorCode } from '../contract/index.ts';
import type { RefusalCode } from './machine.ts';
import type { AnswerBody, PayoutIntent, ProtocolResponse } from './types.ts';

/** Fields of a stream that an answer shows. */
type Shown = AnswerBody['stream'];

export function effectBody(stream: Shown, operationId: string): string {
  return JSON.stringify({ stream: shown(stream), operationId } satisfies AnswerBody);
}

/** The answer to a request whose effect happened now. */
export function effectAnswer(
  body: string,
  effect: { readonly revision: number; readonly operationId: string; readonly payout?: PayoutIntent },
): ProtocolResponse {
  return { status: 200, body, replayed: false, effect: true, ...effect };
}

/** The stored answer, byte for byte. */
export function replayAnswer(record: IdempotencyRecord): ProtocolResponse {
  const parsed = parseBody(record.body);
  return {
    status: record.status,
    body: record.body,
    replayed: true,
    effect: true,
    ...(typeof parsed?.stream?.revision === 'number' ? { revision: parsed.stream.revision } : {}),
    ...(typeof parsed?.operationId === 'string' ? { operationId: parsed.operationId } : {}),
  };
}

/** The answer to a request that succeeded without changing anything. */
export function unchangedAnswer(stream: Shown): ProtocolResponse {
  const body = JSON.stringify({ stream: shown(stream) } satisfies AnswerBody);
  return { status: 200, body, replayed: false, effect: false, revision: stream.revision };
}

/** The answer to a request that the state machine refuses. */
export function refusalAnswer(stream: Shown, code: RefusalCode, message: string): ProtocolResponse {
  const body = JSON.stringify({ stream: shown(stream), error: { code, message } } satisfies AnswerBody);
  return { status: 409, body, replayed: false, effect: false, revision: stream.revision, code };
}

/** The answer to a failure. Unless the code says otherwise, nothing happened. */
export function failureAnswer(status: number, code: string, message: string): ProtocolResponse {
  const body = JSON.stringify({ error: { code, message } });
  return { status, body, replayed: false, effect: false, code };
}

export function conflictAnswer(): ProtocolResponse {
  return failureAnswer(
    409,
    'CONFLICT',
    'The Idempotency-Key was used for a different request. Use a new key.',
  );
}

const STATUSES: Readonly<Partial<Record<StorageErrorCode, number>>> = {
  INVALID_TOKEN: 400,
  INVALID_RECORD: 400,
  NOT_FOUND: 404,
  UNSUPPORTED: 501,
  // Nothing happened; the client may try again.
  LOCK_TIMEOUT: 503,
  LOCK_LOST: 503,
  UNAVAILABLE: 503,
  ABORTED: 503,
  CLOSED: 503,
  FENCED: 503,
};

/**
 * The answer to an error of the storage. An unforeseen error, or one after which something may have happened, is a 500.
 */
export function errorAnswer(error: unknown): ProtocolResponse {
  const code = codeOf(error);
  if (code === undefined) {
    const shownError = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return failureAnswer(500, 'INTERNAL', shownError);
  }
  return failureAnswer(STATUSES[code] ?? 500, code, isStorageError(error) ? error.message : code);
}

function shown({ id, status, revision, releasedAmount, withdrawnAmount }: Shown): Shown {
  return { id, status, revision, releasedAmount, withdrawnAmount };
}

function parseBody(body: string): Partial<AnswerBody> | undefined {
  try {
    return JSON.parse(body) as Partial<AnswerBody> | undefined;
  } catch {
    return undefined;
  }
}
