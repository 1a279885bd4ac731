/** Planned requests as HTTP, and as the first half of a line of history. */
import { idempotencyToken, requestFingerprint } from '../../adapters/contract/token.ts';
import type { HistoryArgs } from '../evidence.ts';
import type { HttpRequest } from './connection.ts';
import { ownerOf } from './exports.ts';
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
    http: postRequest(path, content, { 'idempotency-key': key }),
    args: {
      ...content,
      token: idempotencyToken(operation, key),
      fingerprint: requestFingerprint('POST', path, content),
    },
  };
}

/** A new export job, a worker's turn, or a download. */
export function exportRequest(
  planned: Extract<PlannedRequest, { kind: 'export' | 'work' | 'download' }>,
): PreparedEffect & { readonly key: string } {
  switch (planned.kind) {
    case 'export': {
      const { job } = planned;
      const content = { id: job, ownerId: ownerOf(job), fileName: `${job}.csv` };
      return { key: job, args: {}, http: postRequest('/exports', content) };
    }
    case 'work': {
      const { leaseMs, holdMs, renews, fails } = planned;
      return {
        key: 'exports',
        args: { leaseMs },
        http: postRequest('/exports/work', { leaseMs, holdMs, renews, fails }),
      };
    }
    case 'download':
      return { key: planned.job, args: {}, http: getRequest(`/exports/${planned.job}`) };
    default:
      throw new TypeError(`Unknown request: ${JSON.stringify(planned satisfies never)}`);
  }
}

function postRequest(
  path: string,
  content: object,
  headers: Readonly<Record<string, string>> = {},
): HttpRequest {
  return {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(content),
  };
}

export function getRequest(path: string): HttpRequest {
  return { method: 'GET', path, headers: {} };
}
