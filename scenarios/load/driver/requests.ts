/** Turns planned requests into HTTP requests, and into the first half of a line of history. */
import type { IdOf } from '../../../adapters/contract/rules/ids.ts';
import { idempotencyToken, requestFingerprint } from '../../../adapters/contract/rules/token.ts';
import type { HistoryArgs } from '../../evidence/model/history.ts';
import type { HttpRequest } from './connection.ts';
import { ownerOf } from '../service/exports.ts';
import type { PlannedRequest } from '../mixes/index.ts';

export interface PreparedEffect {
  readonly http: HttpRequest;
  readonly args: HistoryArgs;
}

export function prepareEffect(
  streamId: string,
  {
    operation,
    key,
    amount,
  }: Pick<Extract<PlannedRequest, { kind: 'effect' }>, 'operation' | 'key' | 'amount'>,
): PreparedEffect {
  const path = pathOf('streams', streamId, operation);
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
  idOf: IdOf,
): PreparedEffect & { readonly key: string } {
  switch (planned.kind) {
    case 'export': {
      const job = idOf(planned.job);
      const content = { id: job, ownerId: ownerOf(job, idOf), fileName: `${planned.job}.csv` };
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
    case 'download': {
      const job = idOf(planned.job);
      return { key: job, args: {}, http: getRequest(pathOf('exports', job)) };
    }
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

/** Ids that a rule makes may contain characters with a meaning in paths. */
export function pathOf(...segments: readonly string[]): string {
  return `/${segments.map(encodeURIComponent).join('/')}`;
}

export function getRequest(path: string): HttpRequest {
  return { method: 'GET', path, headers: {} };
}
