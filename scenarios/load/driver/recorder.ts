/** Writes what a driver's clients saw, one line per attempt, and decides what each answer means. */
import { defined } from '../../../adapters/contract/defined.ts';
import type { AnswerBody, Workload } from '../../../adapters/protocol/types.ts';
import type { Exchange } from './connection.ts';
import { asText } from '../../evidence/asText.ts';
import { openEvidence, type OnUnwritten } from '../../evidence/evidenceStream.ts';
import { historyLineOf } from '../../evidence/plainBody.ts';
import {
  EXPORT_FUNCTIONS,
  type HistoryEntry,
  type HistoryHeader,
  type HistoryResult,
} from '../../evidence/model/history.ts';

/** Lines are collected up to this many characters before they are written. */
const FLUSH_CHARACTERS = 256 * 1024;

export interface HistoryRecorder {
  record(entry: HistoryEntry): void;
  /** Writes the collected lines. */
  flush(): void;
  /** Writes the collected lines and the end record. Idempotent. Later records are dropped. */
  close(): void;
}

/**
 * `onUnwritten` is called once when nothing can be written any more. `record` and `flush` then throw the same error.
 */
export function openRecorder(path: string, workload: Workload, onUnwritten?: OnUnwritten): HistoryRecorder {
  const stream = openEvidence(path, {
    collect: FLUSH_CHARACTERS,
    ...defined({ onUnwritten }),
  });
  const header: HistoryHeader = { format: 'lockstep-history', version: 1, model: `stream-${workload}` };
  stream.add(header);
  return {
    record: (entry) => stream.add(historyLineOf(entry)),
    flush: () => stream.flush(),
    close: () => stream.close(),
  };
}

export interface Meaning {
  readonly outcome: HistoryEntry['outcome'];
  readonly result: HistoryResult;
}

/** The outcome of a request, as its line of history says it. */
export function answerOf(
  f: HistoryEntry['f'],
  exchange: Exchange,
): Pick<HistoryEntry, 'call' | 'return' | 'outcome' | 'result'> {
  const { call } = exchange;
  if (exchange.kind === 'lost') return { call, return: null, outcome: 'unknown' };
  const replayed = exchange.headers['lockstep-replayed'] === 'true';
  return { call, return: exchange.return, ...meaningOf(f, exchange.status, exchange.body, replayed) };
}

/** The meaning of the answer to a request. */
export function meaningOf(f: HistoryEntry['f'], status: number, body: string, replayed: boolean): Meaning {
  return isExportFunction(f) ? ofExport(f, status, body) : ofStream(f, status, body, replayed);
}

function isExportFunction(f: HistoryEntry['f']): f is (typeof EXPORT_FUNCTIONS)[number] {
  return (EXPORT_FUNCTIONS as readonly string[]).includes(f);
}

/** The journal, which has each call, decides about a worker's turn. For the other requests the answer counts. */
function ofExport(f: (typeof EXPORT_FUNCTIONS)[number], status: number, body: string): Meaning {
  const answer = parse(body) as { readonly error?: { readonly code?: string }; readonly signedUrl?: string };
  const code = answer?.error?.code;
  const result = code === undefined ? { status } : { status, code: asText(code) };
  if (status >= 400) return { outcome: certainlyNothing(status) ? 'fail' : 'unknown', result };
  const url = f === 'download' ? answer?.signedUrl : undefined;
  return { outcome: 'ok', result: url === undefined ? result : { ...result, url: asText(url) } };
}

function ofStream(f: HistoryEntry['f'], status: number, body: string, replayed: boolean): Meaning {
  const answer = parse(body);
  const base: HistoryResult = { status, ...(replayed ? { replayed } : {}) };
  const code = answer?.error?.code;
  const result = code === undefined ? base : { ...base, code: asText(code) };
  if (status === 200) {
    if (f === 'get') return seen(base, answer as AnswerBody['stream'] | undefined);
    return seenEffect(base, answer, body);
  }
  // A refusal that shows the stream is an observation. Without the stream, the key was refused.
  if (status === 409) {
    const stream = answer?.stream;
    if (!isStream(stream)) return { outcome: 'fail', result };
    return { outcome: 'ok', result: { ...result, ...fieldsOf(stream), effect: false } };
  }
  return { outcome: certainlyNothing(status) ? 'fail' : 'unknown', result };
}

/** Whether an answer with this status guarantees that nothing happened. */
export function certainlyNothing(status: number): boolean {
  return (status >= 400 && status < 500) || status === 501 || status === 503;
}

function seen(base: HistoryResult, stream: AnswerBody['stream'] | undefined): Meaning {
  if (!isStream(stream)) return unreadable(base);
  return { outcome: 'ok', result: { ...base, ...fieldsOf(stream) } };
}

function seenEffect(base: HistoryResult, answer: Partial<AnswerBody> | undefined, body: string): Meaning {
  const { stream, operationId } = answer ?? {};
  if (!isStream(stream)) return unreadable(base);
  const effect =
    operationId === undefined ? { effect: false } : { effect: true, operationId: asText(operationId), body };
  return { outcome: 'ok', result: { ...base, ...fieldsOf(stream), ...effect } };
}

function unreadable(base: HistoryResult): Meaning {
  return { outcome: 'unknown', result: { ...base, code: 'UNREADABLE_ANSWER' } };
}

function fieldsOf(stream: AnswerBody['stream']): Partial<HistoryResult> {
  return {
    revision: stream.revision,
    streamStatus: asText(stream.status),
    releasedAmount: asText(stream.releasedAmount),
    withdrawnAmount: asText(stream.withdrawnAmount),
  };
}

/** Whether the adapter's record can be ordered among the other states of its stream, whatever else it contains. */
function isStream(stream: AnswerBody['stream'] | undefined): stream is AnswerBody['stream'] {
  return Number.isSafeInteger(stream?.revision);
}

function parse(body: string): Partial<AnswerBody> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
