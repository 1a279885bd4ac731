/** Why evidence cannot be read. */

export const EVIDENCE_ERROR_CODES = [
  /** A file is not there or cannot be opened. */
  'MISSING',
  /** It was written by another version of lockstep. */
  'VERSION',
  /** It is damaged, or no evidence. */
  'MALFORMED',
] as const;
export type EvidenceErrorCode = (typeof EVIDENCE_ERROR_CODES)[number];

export class EvidenceError extends Error {
  override readonly name = 'EvidenceError';
  readonly code: EvidenceErrorCode;

  constructor(code: EvidenceErrorCode, file: string, problem: string, cause?: unknown, line?: number) {
    const place = line === undefined ? file : `${file}:${line}`;
    super(`${place}: ${problem}.`, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** The JSON value in `text`. Throws MALFORMED. */
export function parseLine(text: string, file: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
    throw new EvidenceError('MALFORMED', file, `Expected JSON, got ${JSON.stringify(shown)}`, error, line);
  }
}
