/** The requests that are counted, by kind. Each request has its own stream and always asks for the same thing. */
import type { IdOf } from '../../adapters/contract/rules/ids.ts';
import type { HistoryFunction } from '../evidence/model/history.ts';
import type { HttpRequest } from '../load/driver/connection.ts';
import { kindOf, type RequestKind } from '../load/measuring/kinds.ts';
import { meaningOf } from '../load/driver/recorder.ts';
import { exportRequest, getRequest, pathOf, prepareEffect } from '../load/driver/requests.ts';
import { streamId } from '../load/run/streams.ts';

export const COUNTED_KINDS = ['settle', 'withdraw', 'replay', 'refusal', 'get', 'list', 'claim'] as const;
export type CountedKind = (typeof COUNTED_KINDS)[number];

export interface CountedRequest {
  /** A request that is sent first and not counted. */
  readonly before?: HttpRequest;
  readonly http: HttpRequest;
  /** The answer that shows that the request was of its kind. Absent: an answer with status 200. */
  readonly becomes?: RequestKind;
  readonly f: HistoryFunction;
}

/** Streams that must be there: they are numbered from 0. */
export const COUNTED_STREAMS = 50;

const AMOUNT = '100';
/** Small enough that every withdrawal is covered. */
const SMALL_AMOUNT = '1';
/** More than any stream has. */
const UNCOVERED = '999999999999999999999999999999';
const PAGE = 20;
const LEASE_MS = 10_000;

/** The request number `number` of that kind, of the balance workload. */
export function countedRequest(kind: CountedKind, number: number, idOf: IdOf): CountedRequest {
  const stream = streamId(1 + COUNTED_KINDS.indexOf(kind), idOf);
  const effect = (operation: 'settle' | 'withdraw', amount: string, key: string): HttpRequest =>
    prepareEffect(stream, { operation, amount, key }).http;
  // Equal lengths, so that the same number of bytes passes each time.
  const key = `${kind}-${number.toString().padStart(4, '0')}`;
  switch (kind) {
    case 'settle':
      return { http: effect('settle', AMOUNT, key), becomes: 'effect', f: 'settle' };
    case 'withdraw':
      return { http: effect('withdraw', SMALL_AMOUNT, key), becomes: 'effect', f: 'withdraw' };
    case 'replay': {
      const http = effect('settle', AMOUNT, key);
      return { before: http, http, becomes: 'replay', f: 'settle' };
    }
    case 'refusal':
      return { http: effect('withdraw', UNCOVERED, key), becomes: 'refusal', f: 'withdraw' };
    case 'get':
      return { http: getRequest(pathOf('streams', stream)), becomes: 'read', f: 'get' };
    case 'list':
      return { http: getRequest(`/streams?limit=${PAGE}`), f: 'scan' };
    case 'claim': {
      const turn = { leaseMs: LEASE_MS, holdMs: 0, renews: false, fails: false };
      return {
        before: exportRequest({ kind: 'export', sender: 0, job: `counted-${key}` }, idOf).http,
        http: exportRequest({ kind: 'work', sender: 0, ...turn }, idOf).http,
        becomes: 'export-work',
        f: 'work',
      };
    }
    default:
      throw new TypeError(`Unknown kind: ${String(kind satisfies never)}`);
  }
}

/** Whether the answer matches the kind. */
export function isAsCounted(
  { f, becomes }: CountedRequest,
  answer: {
    readonly status: number;
    readonly body: string;
    readonly headers: Readonly<Record<string, string>>;
  },
): boolean {
  if (becomes === undefined) return answer.status === 200;
  const replayed = answer.headers['lockstep-replayed'] === 'true';
  return kindOf({ f, ...meaningOf(f, answer.status, answer.body, replayed) }) === becomes;
}
