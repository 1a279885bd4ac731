/**
 * Reads a history file line by line. Neither the text nor the parsed lines stay in memory unless the caller keeps them.
 * An invalid line is an error with its file and line.
 */
import { stat } from 'node:fs/promises';
import { fileCode, fileReason } from '../fileReason.ts';
import { requireRegular } from '../textFile.ts';
import { checkEnd } from '../evidence/ending.ts';
import { END_PREFIX, parseEnd } from '../evidence/endRecord.ts';
import { evidenceError } from '../evidence/evidenceError.ts';
import { LockstepError } from '../lockstepError.ts';
import { isBlank, LINE_BREAK, readByteLines, startOfText } from './byteLines.ts';
import { parseExactly } from './exactJson.ts';
import type { HistoryFileHeader, HistoryLine, HistoryModel } from './lines.ts';
import { headerProblem, isHeader, lineProblem } from './shape.ts';
import { settledLine, type ParsedLine } from './settledLine.ts';
import { StreamLineScanner } from './streamLineScanner.ts';
import { Times } from './times.ts';

/** A header with a known model. */
export type KnownHeader = HistoryFileHeader & { readonly model: HistoryModel };

export interface HistoryReader {
  /** Called once, before any line. */
  readonly header: (header: KnownHeader) => void;
  readonly line: (line: HistoryLine) => void;
}

export interface HistoryFile {
  readonly path: string;
  /** The name of the file in errors. */
  readonly name: string;
  /** Required if the header names no model. */
  readonly model?: HistoryModel | undefined;
  /** The origin of the times, shared by files whose times are compared. Absent: the file is read alone. */
  readonly times?: Times;
  /** Ends the reading, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * If a file ends with an end record, its content must match that; other files need not have one. Errors:
 * EVIDENCE_MISSING, EVIDENCE_VERSION, EVIDENCE_MALFORMED, and USAGE if `model` is missing or differs from the header's.
 */
export async function readHistory(
  { path, name, model, times = new Times(), signal }: HistoryFile,
  reader: HistoryReader,
): Promise<void> {
  const isEnded = (await readable(name, () => checkedEnd(path, name))) !== undefined;
  let parse: LineParser | undefined;
  let number = 0;
  let ended = false;
  for await (const { bytes, to } of openedLines(path, name)) {
    signal?.throwIfAborted();
    for (let from = 0; from < to;) {
      const found = bytes.indexOf(LINE_BREAK, from);
      // The buffer contains old bytes behind the last line.
      const end = found === -1 || found > to ? to : found;
      number += 1;
      const start = number === 1 ? startOfText(bytes, from, end) : from;
      from = end + 1;
      if (isBlank(bytes, start, end)) continue;
      if (ended) throw behindTheEnd(name, number);
      ended = isEnd(bytes, start, end);
      if (ended) {
        // Blank lines after the end record would have prevented the comparison with the lines before it.
        if (!isEnded) throw behindTheEnd(name, number + 1);
        continue;
      }
      if (parse === undefined) {
        const header = headerOf(bytes.subarray(start, end), name, number);
        const used = modelFor(header, model, name);
        parse = lineParser(used, name, times);
        reader.header({ ...header, model: used });
      } else reader.line(parse(bytes, start, end, number));
    }
  }
  if (parse === undefined)
    throw evidenceError('EVIDENCE_MALFORMED', name, 'Expected the header of a history, got an empty file');
}

/** Rejects with EVIDENCE_MISSING if the file cannot be read. */
async function* openedLines(path: string, name: string): ReturnType<typeof readByteLines> {
  try {
    yield* readByteLines(path, name);
  } catch (error) {
    throw unreadable(error, name);
  }
}

async function readable<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw unreadable(error, name);
  }
}

async function checkedEnd(path: string, name: string): ReturnType<typeof checkEnd> {
  let problem: unknown;
  try {
    requireRegular(await stat(path));
  } catch (cause) {
    problem = cause;
  }
  if (problem === undefined) return checkEnd(path, name);
  throw evidenceError(
    'EVIDENCE_MISSING',
    name,
    `Expected a file that can be read, got ${fileReason(problem)}`,
    { cause: problem },
  );
}

function unreadable(error: unknown, name: string): unknown {
  if (error instanceof LockstepError || fileCode(error) === undefined) return error;
  return evidenceError(
    'EVIDENCE_MISSING',
    name,
    `Expected a file that can be read, got ${fileReason(error)}`,
    {
      cause: error,
    },
  );
}

function behindTheEnd(name: string, line: number): LockstepError {
  return evidenceError('EVIDENCE_MALFORMED', name, 'Expected nothing behind the end record', { line });
}

const FIRST_LETTER = 2;
const FIRST_LETTER_OF_END = END_PREFIX.charCodeAt(FIRST_LETTER);

/** This is asked for a million lines, and one character decides for nearly all of them. */
function isEnd(bytes: Buffer, from: number, to: number): boolean {
  return (
    bytes[from + FIRST_LETTER] === FIRST_LETTER_OF_END &&
    parseEnd(bytes.toString('utf8', from, to)) !== undefined
  );
}

function headerOf(bytes: Buffer, name: string, line: number): HistoryFileHeader {
  const header = parseExactly(bytes, name, line);
  if (isHeader(header)) return header;
  const version = (header as HistoryFileHeader | null)?.version;
  const isOther = (header as HistoryFileHeader | null)?.format === 'lockstep-history' && version !== 1;
  throw evidenceError(
    isOther ? 'EVIDENCE_VERSION' : 'EVIDENCE_MALFORMED',
    name,
    headerProblem(header) ?? '',
    { line },
  );
}

function modelFor(header: HistoryFileHeader, model: HistoryModel | undefined, name: string): HistoryModel {
  const used = header.model ?? model;
  if (used === undefined)
    throw new LockstepError('USAGE', `${name}: the header names no model. Name one with --model.`);
  if (model !== undefined && model !== used)
    throw new LockstepError('USAGE', `${name}: expected a history of ${model}, but the header says ${used}.`);
  return used;
}

/** Parses the bytes from `from` to before `to`, which are line `number` of the file. */
type LineParser = (bytes: Buffer, from: number, to: number, number: number) => HistoryLine;

function lineParser(model: HistoryModel, name: string, times: Times): LineParser {
  const parse: LineParser = (bytes, from, to, number) => {
    const line = parseExactly(bytes.subarray(from, to), name, number);
    const problem = lineProblem(model, line);
    const settled = problem ?? settledLine(model, line as ParsedLine, times);
    if (typeof settled === 'string')
      throw evidenceError('EVIDENCE_MALFORMED', name, settled, { line: number });
    return settled;
  };
  if (model !== 'stream-balance' && model !== 'stream-lifecycle') return parse;
  const scanner = new StreamLineScanner(model);
  return (bytes, from, to, number) => {
    // The scanner only handles times that are used as they are.
    const line = times.arePlain ? scanner.scan(bytes, from, to) : undefined;
    if (line === undefined) return parse(bytes, from, to, number);
    times.start(line.call);
    return { model, line };
  };
}
