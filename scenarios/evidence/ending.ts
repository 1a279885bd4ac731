/** Checks that a file of evidence ends with its end record, and ends files whose writer was lost. */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { END_PREFIX, endLine, MAX_END_BYTES, parseEnd, type EndRecord } from './endRecord.ts';
import { evidenceError } from './evidenceError.ts';

const CHUNK_BYTES = 1024 * 1024;
const LINE_BREAK = 0x0a;

/**
 * The end record of the file at `path`, which errors call `name`. Undefined: the file has none, so lines may be
 * missing. Rejects with EVIDENCE_MALFORMED if the record does not match the lines before it, because they were changed.
 */
export async function checkEnd(path: string, name: string): Promise<EndRecord | undefined> {
  await using file = await open(path);
  const last = await lastLine(file);
  const record = parseEnd(last.text);
  if (record === undefined) {
    if (!last.text.startsWith(END_PREFIX) || !last.isWhole) return undefined;
    throw evidenceError('EVIDENCE_MALFORMED', name, 'Its last line is no end record, but begins like one');
  }
  if (!last.isWhole)
    throw evidenceError(
      'EVIDENCE_MALFORMED',
      name,
      'Expected a line break behind the end record: it was changed',
    );
  const { lines, sha256 } = await digest(file, last.from);
  if (lines !== record.lines)
    throw evidenceError(
      'EVIDENCE_MALFORMED',
      name,
      `Its end record counts ${record.lines} lines before it, and there are ${lines}: lines were taken out or added`,
      { line: lines + 1 },
    );
  if (sha256 !== record.sha256)
    throw evidenceError(
      'EVIDENCE_MALFORMED',
      name,
      `The ${lines} lines before its end record are not those that were written: their hash is another one`,
      { line: lines + 1 },
    );
  return record;
}

/**
 * Ends the file at `path` on behalf of its writer, which ended as `ended` says. Removes a last line that was cut off.
 * Does nothing if the writer ended the file itself.
 */
export async function endFor(path: string, ended: string): Promise<void> {
  await using file = await open(path, 'r+');
  const last = await lastLine(file);
  if (parseEnd(last.text) !== undefined && last.isWhole) return;
  const to = last.isWhole ? last.to : last.from;
  const { lines, sha256 } = await digest(file, to);
  await file.truncate(to);
  await file.write(endLine({ lines, sha256, ended }), to);
}

/** The file's last line as an end record. The other lines are not read. */
export async function readEnd(path: string): Promise<EndRecord | undefined> {
  await using file = await open(path);
  return parseEnd((await lastLine(file)).text);
}

interface LastLine {
  /** Without its line break, and no longer than an end record can be. */
  readonly text: string;
  /** The offsets at which the line begins and ends. */
  readonly from: number;
  readonly to: number;
  /** Whether the line ends with a line break. */
  readonly isWhole: boolean;
}

async function lastLine(file: FileHandle): Promise<LastLine> {
  const { size } = await file.stat();
  const isWhole = size === 0 || (await bytesOf(file, size - 1, size))[0] === LINE_BREAK;
  const end = isWhole ? Math.max(0, size - 1) : size;
  // Reads chunks from the end towards the front: a line that is not an end record may have any length.
  let from = end;
  while (from > 0) {
    const chunk = await bytesOf(file, Math.max(0, from - CHUNK_BYTES), from);
    const found = chunk.lastIndexOf(LINE_BREAK);
    if (found >= 0) {
      from = from - chunk.length + found + 1;
      break;
    }
    from -= chunk.length;
  }
  const text = (await bytesOf(file, from, Math.min(end, from + MAX_END_BYTES))).toString('utf8');
  return { text, from, to: size, isWhole };
}

async function bytesOf(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
  return buffer.subarray(0, bytesRead);
}

/** The number of lines up to the offset `to`, and their hash. */
async function digest(file: FileHandle, to: number): Promise<EndRecord> {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(CHUNK_BYTES);
  let lines = 0;
  for (let at = 0; at < to;) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(CHUNK_BYTES, to - at), at);
    if (bytesRead === 0) break;
    const bytes = buffer.subarray(0, bytesRead);
    hash.update(bytes);
    for (let found = bytes.indexOf(LINE_BREAK); found >= 0; found = bytes.indexOf(LINE_BREAK, found + 1))
      lines += 1;
    at += bytesRead;
  }
  return { lines, sha256: hash.digest('hex') };
}
