/** The basic parts of the service's HTTP: bounded bodies, parameters and answers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isStorageError, type StorageErrorCode } from '../../../adapters/contract/index.ts';

/** The largest body that is read, in bytes. */
export const MAX_BODY_BYTES: number = 16 * 1024;

/** The header of an answer after which the connection ends. */
export const CLOSE: readonly string[] = ['connection', 'close'];
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** An answer that ends a request. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * The JSON object in the body; an empty body is an empty object.
 * Throws HttpError: 413 for a larger body, 400 for anything else that is no JSON object in UTF-8.
 */
export async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const bytes = await readBytes(request);
  if (bytes.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(UTF8.decode(bytes));
  } catch {
    throw new HttpError(400, 'INVALID_JSON', 'Expected a body of JSON in UTF-8.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new HttpError(400, 'INVALID_JSON', 'Expected a JSON object as body.');
  return value as Record<string, unknown>;
}

function readBytes(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) {
        chunks.push(chunk);
        return;
      }
      // The rest of the body is not read: the connection ends with the answer.
      request.pause();
      reject(new HttpError(413, 'BODY_TOO_LARGE', `Expected a body of at most ${MAX_BODY_BYTES} bytes.`));
    });
    request.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('aborted', () => reject(new HttpError(400, 'ABORTED', 'The client went away.')));
  });
}

/** Refuses unknown fields in `body`, so that a misspelled field is not ignored. */
export function onlyFields(body: Record<string, unknown>, fields: readonly string[]): void {
  const other = Object.keys(body).find((field) => !fields.includes(field));
  if (other === undefined) return;
  const expected = fields.length === 0 ? 'no fields' : fields.join(', ');
  throw new HttpError(
    400,
    'INVALID_BODY',
    `Expected ${expected}; got ${JSON.stringify(other.slice(0, 80))}.`,
  );
}

/** The parameter `name`, which may occur at most once. */
export function parameter(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  if (values.length > 1)
    throw new HttpError(400, 'INVALID_PARAMETER', `Expected ${name} once, got it ${values.length} times.`);
  return values[0];
}

/** The parameter `limit`, a number that the seam then checks; 50 without it. */
export function limitOf(query: URLSearchParams): number {
  const text = parameter(query, 'limit') ?? '50';
  if (!/^\d{1,9}$/.test(text))
    throw new HttpError(400, 'INVALID_PARAMETER', 'Expected limit as a decimal number.');
  return Number(text);
}

/** Ends the response. `body` is sent byte for byte. `headers`: names and values in turn. */
export function answer(
  response: ServerResponse,
  status: number,
  body: string,
  headers: readonly string[],
): void {
  response.writeHead(status, [
    'content-type',
    'application/json; charset=utf-8',
    'content-length',
    String(Buffer.byteLength(body)),
    ...headers,
  ]);
  // A text is sent in one write together with the header.
  response.end(body, 'utf8');
}

/** The status and body for any `error`. */
export function errorAnswer(error: unknown): { readonly status: number; readonly body: string } {
  if (error instanceof HttpError) return { status: error.status, body: errorBody(error.code, error.message) };
  if (isStorageError(error))
    return { status: STATUS_OF_CODE[error.code], body: errorBody(error.code, error.message) };
  return { status: 500, body: errorBody('INTERNAL', error instanceof Error ? error.message : String(error)) };
}

export function errorBody(code: string, message: string): string {
  return JSON.stringify({ error: { code, message } });
}

/** 503: certainly nothing happened. 500: unknown. */
const STATUS_OF_CODE: Readonly<Record<StorageErrorCode, number>> = {
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  CONFLICT: 409,
  INVALID_CURSOR: 400,
  INVALID_TOKEN: 400,
  INVALID_RECORD: 400,
  LOCK_TIMEOUT: 503,
  LOCK_LOST: 500,
  LOCK_REENTRANT: 500,
  ABORTED: 503,
  FENCED: 503,
  CLOSED: 500,
  UNSUPPORTED: 501,
  UNAVAILABLE: 503,
  OUTCOME_UNKNOWN: 500,
};
