/**
 * Writes a file of evidence line by line, with the end record as its last line. The file must be new: an existing
 * file or a link is refused.
 */
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { fileReason } from '../fileReason.ts';
import { LockstepError } from '../lockstepError.ts';
import { countLines, endLine } from './endRecord.ts';

export interface EvidenceStream {
  /**
   * Adds one line. Throws EVIDENCE_UNWRITTEN; after the first line that could not be written, every further one throws.
   */
  add(value: object): void;
  /** Adds whole lines, each with its line break. Throws EVIDENCE_UNWRITTEN, like `add`. */
  addLines(text: string): void;
  /** Writes the collected lines. Throws EVIDENCE_UNWRITTEN. */
  flush(): void;
  /**
   * Writes the collected lines and the end record. Idempotent. Later lines are dropped. If a line could not be written,
   * the end record is not written either, so that nobody takes the file for complete.
   */
  close(): void;
}

/** Called once, with the reason why lines cannot be written. */
export type OnUnwritten = (what: string) => void;

export interface StreamOptions {
  /** Lines are collected up to this many characters before they are written. Default: each line is written at once. */
  readonly collect?: number;
  readonly onUnwritten?: OnUnwritten;
}

/** Errors: EVIDENCE_UNWRITTEN. */
export function openEvidence(
  path: string,
  { collect = 0, onUnwritten = () => {} }: StreamOptions = {},
): EvidenceStream {
  let unwritten: LockstepError | undefined;
  const tried = <T>(act: () => T): T => {
    if (unwritten !== undefined) throw unwritten;
    try {
      return act();
    } catch (cause) {
      const what = `${basename(path)}: ${fileReason(cause)}`;
      unwritten = evidenceUnwritten(what, cause);
      onUnwritten(what);
      throw unwritten;
    }
  };
  const descriptor = tried(() => openSync(path, 'ax'));
  const count = countLines();
  let collected = '';
  let closed = false;
  const flush = (): void => {
    if (closed) return;
    if (unwritten !== undefined) throw unwritten;
    if (collected === '') return;
    const text = collected;
    collected = '';
    tried(() => writeAll(descriptor, text));
  };
  const addLines = (text: string): void => {
    if (closed || text === '') return;
    if (unwritten !== undefined) throw unwritten;
    count.add(text);
    collected += text;
    if (collected.length > collect) flush();
  };
  return {
    add: (value) => addLines(`${JSON.stringify(value)}\n`),
    addLines,
    flush,
    close() {
      if (closed) return;
      try {
        if (unwritten !== undefined) return;
        collected += endLine(count.end());
        flush();
      } finally {
        closed = true;
        closeSync(descriptor);
      }
    },
  };
}

/** A disk that runs full accepts a part of the text and refuses the rest. */
function writeAll(descriptor: number, text: string): void {
  const written = writeSync(descriptor, text);
  if (written < Buffer.byteLength(text)) writeFileSync(descriptor, Buffer.from(text).subarray(written));
}

/** `what`: the file, and the reason. */
export function evidenceUnwritten(what: string, cause?: unknown): LockstepError {
  return new LockstepError(
    'EVIDENCE_UNWRITTEN',
    `The evidence of a load could not be written, so nothing is judged: ${what}. Free some disk space, or name another folder with --out.`,
    { cause },
  );
}
