/** What a renderer is. */
import type { Recorded, ResultFiles } from '../recorded.ts';

/** Makes a text of a result, whatever its kind. What it says of itself is for docs/results.md. */
export interface Renderer {
  /** The file's name in a run folder. Absent: it is only printed. */
  readonly file?: (files: ResultFiles) => string;
  /** What its text holds. */
  readonly contents: string;
  /** Pure. undefined: this kind of result has no such text. */
  readonly render: (recorded: Recorded) => string | undefined;
}
