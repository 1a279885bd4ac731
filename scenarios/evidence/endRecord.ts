/**
 * The last line of a file of evidence that is written line by line: the number of lines before it, and the SHA-256 of
 * their bytes. The writer adds it when it ends. A file without it was cut off.
 */
import { createHash } from 'node:crypto';
import { defined } from '../../adapters/contract/defined.ts';

export interface EndRecord {
  /** How many lines stand before this one. */
  readonly lines: number;
  /** The SHA-256 of those lines with their line breaks, in hexadecimal digits. */
  readonly sha256: string;
  /**
   * How the process ended that should have written this record; the run then wrote it instead: `SIGKILL`, `exit
   * status 7`.
   */
  readonly ended?: string;
}

/** The beginning of every end record. No other line of evidence begins like this. */
export const END_PREFIX = '{"end":';
/** No end record is longer, in bytes. */
export const MAX_END_BYTES = 512;

/** The line, with its line break. */
export function endLine(record: EndRecord): string {
  return `${END_PREFIX}${JSON.stringify(record)}}\n`;
}

/** The end record in a line without its line break. undefined: the line is not an end record. */
export function parseEnd(text: string): EndRecord | undefined {
  if (!text.startsWith(END_PREFIX)) return undefined;
  try {
    const { end } = JSON.parse(text) as { readonly end?: Partial<EndRecord> | null };
    const { lines, sha256, ended } = end ?? {};
    if (!Number.isSafeInteger(lines) || typeof sha256 !== 'string') return undefined;
    if (ended !== undefined && typeof ended !== 'string') return undefined;
    const record = { lines: lines as number, sha256, ...defined({ ended }) };
    // Exactly as it is written, so that nothing can be added to it.
    return endLine(record) === `${text}\n` ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Lines are collected up to this many characters before they are hashed, because a call costs more than its bytes. */
const HASHED_AT_ONCE = 64 * 1024;

export interface LineCount {
  /** Whole lines, each with its line break. */
  add(text: string): void;
  /** The end record of all lines so far. Nothing can be added after it. */
  end(): EndRecord;
}

/** Counts and hashes lines as they are written. */
export function countLines(): LineCount {
  const hash = createHash('sha256');
  let lines = 0;
  let collected = '';
  return {
    add(text) {
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
      collected += text;
      if (collected.length < HASHED_AT_ONCE) return;
      hash.update(collected);
      collected = '';
    },
    end: () => ({ lines, sha256: hash.update(collected).digest('hex') }),
  };
}
