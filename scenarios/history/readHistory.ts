/**
 * Reads a history file line by line: neither the text nor the parsed lines stay in memory unless the caller keeps
 * them. What is no line of a history is an error with its file and line.
 */
import { evidenceError, parseLine } from '../load/evidenceError.ts';
import { LockstepError } from '../lockstepError.ts';
import { LINE_BREAK, readByteLines } from './byteLines.ts';
import type { HistoryFileHeader, HistoryLine, HistoryModel } from './lines.ts';
import { headerProblem, isHeader, lineProblem } from './shape.ts';
import { StreamLineScanner } from './streamLineScanner.ts';

/** A header whose model is known. */
export type KnownHeader = HistoryFileHeader & { readonly model: HistoryModel };

export interface HistoryReader {
  /** Called once, before any line. */
  readonly header: (header: KnownHeader) => void;
  readonly line: (line: HistoryLine) => void;
}

export interface HistoryFile {
  readonly path: string;
  /** What errors call it. */
  readonly name: string;
  /** Needed when its header names none. */
  readonly model?: HistoryModel | undefined;
  /** Ends the reading: it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Errors: EVIDENCE_MISSING, EVIDENCE_VERSION, EVIDENCE_MALFORMED, and USAGE when `model` is missing or is not the
 * header's.
 */
export async function readHistory(
  { path, name, model, signal }: HistoryFile,
  reader: HistoryReader,
): Promise<void> {
  let parse: LineParser | undefined;
  let number = 0;
  for await (const { bytes, to } of openedLines(path, name)) {
    signal?.throwIfAborted();
    for (let from = 0; from < to;) {
      const found = bytes.indexOf(LINE_BREAK, from);
      // The bytes behind the last line are of lines before.
      const end = found === -1 || found > to ? to : found;
      number += 1;
      if (parse === undefined) {
        const header = headerOf(bytes.toString('utf8', from, end), name);
        const used = modelFor(header, model, name);
        parse = lineParser(used, name);
        reader.header({ ...header, model: used });
      } else reader.line(parse(bytes, from, end, number));
      from = end + 1;
    }
  }
  if (parse === undefined)
    throw evidenceError('EVIDENCE_MALFORMED', name, 'Expected the header of a history, got an empty file');
}

/** Rejects with EVIDENCE_MISSING when the file cannot be read. */
async function* openedLines(path: string, name: string): ReturnType<typeof readByteLines> {
  try {
    yield* readByteLines(path, name);
  } catch (error) {
    if (error instanceof LockstepError || (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw evidenceError(
      'EVIDENCE_MISSING',
      name,
      `Expected a file that can be read: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}

function headerOf(text: string, name: string): HistoryFileHeader {
  const header = parseLine(text, name, 1);
  if (isHeader(header)) return header;
  const version = (header as HistoryFileHeader | null)?.version;
  const isOther = (header as HistoryFileHeader | null)?.format === 'lockstep-history' && version !== 1;
  throw evidenceError(
    isOther ? 'EVIDENCE_VERSION' : 'EVIDENCE_MALFORMED',
    name,
    headerProblem(header) ?? '',
    { line: 1 },
  );
}

function modelFor(header: HistoryFileHeader, model: HistoryModel | undefined, name: string): HistoryModel {
  const used = header.model ?? model;
  if (used === undefined)
    throw new LockstepError('USAGE', `${name}: its header names no model. Name it with --model.`);
  if (model !== undefined && model !== used)
    throw new LockstepError('USAGE', `${name}: expected a history of ${model}, its header says ${used}.`);
  return used;
}

/** What stands in `bytes` from `from` up to `to`, which is line `number` of the file. */
type LineParser = (bytes: Buffer, from: number, to: number, number: number) => HistoryLine;

function lineParser(model: HistoryModel, name: string): LineParser {
  const parse: LineParser = (bytes, from, to, number) => {
    const line = parseLine(bytes.toString('utf8', from, to), name, number);
    const problem = lineProblem(model, line);
    if (problem !== undefined) throw evidenceError('EVIDENCE_MALFORMED', name, problem, { line: number });
    return { model, line } as HistoryLine;
  };
  if (model !== 'stream-balance' && model !== 'stream-lifecycle') return parse;
  const scanner = new StreamLineScanner(model);
  return (bytes, from, to, number) => {
    const line = scanner.scan(bytes, from, to);
    return line === undefined ? parse(bytes, from, to, number) : { model, line };
  };
}
