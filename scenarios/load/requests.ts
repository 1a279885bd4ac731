/** Planned requests as HTTP, and as the first half of a line of history. */
import { idempotencyToken, requestFingerprint } from '../../adapters/contract/token.ts';
import type { HistoryArgs } from '../evidence.ts';
import type { HttpRequest } from './connection.ts';
import type { PlannedRequest } from './mixes/index.ts';
import { streamId } from './streams.ts';

export interface PreparedEffect {
  readonly http: HttpRequest;
  readonly args: HistoryArgs;
}

export function prepareEffect(planned: Extract<PlannedRequest, { kind: 'effect' }>): PreparedEffect {
  const { operation, stream, key, amount } = planned;
  const path = `/streams/${streamId(stream)}/${operation}`;
  const content = amount === undefined ? {} : { amount };
  return {
    http: {
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(content),
    },
    args: {
      ...content,
      token: idempotencyToken(operation, key),
      fingerprint: requestFingerprint('POST', path, content),
    },
  };
}

export function getRequest(path: string): HttpRequest {
  return { method: 'GET', path, headers: {} };
}
