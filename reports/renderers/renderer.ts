/** What a renderer is. */
import type { Recorded, ResultFiles } from '../recorded.ts';

/** Converts a result of any kind to text. Its own description is for docs/results.md. */
export interface Renderer {
  /** The file's name in a run folder. Absent: it is only printed. */
  readonly file?: (files: ResultFiles) => string;
  /** What the text contains. */
  readonly contents: string;
  /** Pure. Undefined: this kind of result has no such text. */
  readonly render: (recorded: Recorded) => string | undefined;
}
