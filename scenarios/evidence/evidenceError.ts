/** The error of evidence that cannot be read. */
import { LockstepError } from '../lockstepError.ts';

/** The place in the evidence. `line` counts from 1. */
interface Place {
  readonly line?: number;
  readonly cause?: unknown;
}

export function evidenceError(
  code: 'EVIDENCE_MISSING' | 'EVIDENCE_VERSION' | 'EVIDENCE_MALFORMED',
  file: string,
  problem: string,
  { line, cause }: Place = {},
): LockstepError {
  return new LockstepError(code, `${line === undefined ? file : `${file}:${line}`}: ${problem}.`, { cause });
}

/** The JSON value in `text`. Throws EVIDENCE_MALFORMED. */
export function parseLine(text: string, file: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
    throw evidenceError('EVIDENCE_MALFORMED', file, `Expected JSON, got ${JSON.stringify(shown)}`, {
      line,
      cause: error,
    });
  }
}
