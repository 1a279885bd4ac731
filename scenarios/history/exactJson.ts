/**
 * Parses a line of JSON by its exact values. What JSON.parse would round, choose between or repair is kept or refused.
 */
import { isUtf8 } from 'node:buffer';
import { parse } from 'lossless-json';
import { evidenceError } from '../evidence/evidenceError.ts';
import { exactNumber } from './exactNumber.ts';

/** How many characters an error shows on each side of the wrong place. */
const SHOWN = 30;
const AT = / at position (\d+)$/;

/**
 * Parses `bytes`, line `line` of `file`. Numbers are converted by `exactNumber`. Throws EVIDENCE_MALFORMED for invalid
 * JSON, for a field that an object has twice with different values, and for bytes that are no UTF-8, because different
 * ones would become the same text.
 */
export function parseExactly(bytes: Buffer, file: string, line: number): unknown {
  const wrong = (problem: string, cause?: unknown): Error =>
    evidenceError('EVIDENCE_MALFORMED', file, problem, { line, cause });
  if (!isUtf8(bytes)) throw wrong('Expected text in UTF-8, got bytes that are none');
  const text = bytes.toString('utf8');
  try {
    return parse(text, undefined, exactNumber);
  } catch (cause) {
    throw wrong(`Expected JSON, got ${problemIn(text, cause)}`, cause);
  }
}

/** `"…"value":NaN}": JSON value expected but got 'N'`. */
function problemIn(text: string, cause: unknown): string {
  // For deeply nested arrays, for example, the stack overflows.
  if (!(cause instanceof SyntaxError)) return `what is too deep or too long to be read: ${shown(text, 0)}`;
  const at = Number(AT.exec(cause.message)?.[1] ?? 0);
  return `${shown(text, at)}: ${cause.message.replace(AT, '')}, at character ${at + 1} of the line`;
}

function shown(text: string, at: number): string {
  const from = Math.max(0, at - SHOWN);
  const to = at + SHOWN;
  const part = JSON.stringify(text.slice(from, to));
  return `${from > 0 ? '…' : ''}${part}${to < text.length ? '…' : ''}`;
}
