/**
 * A result as a tree of blocks, whatever kind of result it is. Every kind builds such a tree (`…/document.ts`), and one
 * back end per format draws it: terminal, Markdown and HTML. Texts in the tree are not escaped; each back end escapes
 * them.
 */
import type { ClauseStatus, Lane, Verdict } from '../../suites/result.ts';
import type { FileTimelines } from '../check/timeline/pageData.ts';
import type { Chart } from './chart.ts';

export interface ReportDocument {
  /** What was run, when and for how long, in a few words each. */
  readonly about: readonly string[];
  readonly status: Verdict;
  /** The result, in one sentence. */
  readonly headline: string;
  /** What readers should know first, for example that the result is incomplete. */
  readonly notice?: string;
  /** The command that repeats the run. */
  readonly repeat: string;
  /** The outcome in short, which is read first. */
  readonly summary: readonly Block[];
  readonly chapters: readonly Chapter[];
}

export interface Chapter {
  /** Unique in the document. Consists of letters, digits and dashes. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  /** Whether it only serves for looking things up. Markdown folds it. */
  readonly isReference?: boolean;
}

/** A piece of a line. */
export type Inline =
  | string
  | { readonly strong: string }
  | { readonly quiet: string }
  | { readonly code: string }
  /** A name in the colour of its target in tables and charts. `series` counts from 0. */
  | { readonly name: string; readonly series: number }
  /** A status as a mark and a word. `text` replaces the word. `to`: the id of the explanation. */
  | { readonly status: ClauseStatus; readonly text?: string; readonly to?: string }
  /** A bar of this share (0 to 1), in formats with pictures. Its text is next to it. */
  | { readonly share: number };

export type Text = Inline | readonly Inline[];

/** The pieces of a line, in order. */
export function piecesOf(text: Text): readonly Inline[] {
  return isList(text) ? text : [text];
}

function isList(text: Text): text is readonly Inline[] {
  return Array.isArray(text);
}

export type Block =
  | VerdictBlock
  | CountsBlock
  | FactsBlock
  | TableBlock
  | ChecksBlock
  | ProseBlock
  | LanesBlock
  | ChartBlock
  | CommandBlock
  | ArticleBlock
  | HistoriesBlock;

/** The outcome of one thing that was tested. */
export interface VerdictBlock {
  readonly kind: 'verdict';
  readonly status: ClauseStatus;
  readonly name: string;
  /** An addition to the name, such as a version. */
  readonly detail?: string;
  /** How it was tested: `under hot-stream`. */
  readonly about?: string;
  /** The verdict in a few words. */
  readonly says: string;
  /** What the verdict is based on: `3 operations, 1 key`. */
  readonly beside?: string;
  readonly more: readonly Block[];
}

/** How many checks have each status. */
export interface CountsBlock {
  readonly kind: 'counts';
  readonly of: readonly (readonly [ClauseStatus, number])[];
}

/** Named values. */
export interface FactsBlock {
  readonly kind: 'facts';
  readonly rows: readonly (readonly [string, Text])[];
}

export interface TableBlock {
  readonly kind: 'table';
  readonly caption?: string;
  readonly head: readonly Text[];
  readonly rows: readonly TableRow[];
  /** The first column that contains numbers, from 0. All further ones do too. Default: no column does. */
  readonly numbersFrom?: number;
}

/** The cells of a row, or a heading for the rows that follow. */
export type TableRow = readonly Text[] | { readonly group: string };

/** The checks, with one row each and one column per target. */
export interface ChecksBlock {
  readonly kind: 'checks';
  /** What a row stands for: `clause`. */
  readonly noun: string;
  readonly targets: readonly string[];
  readonly rows: readonly CheckRow[];
  /** Whether readers can filter the rows, in formats that support this. */
  readonly filter?: boolean;
}

export interface CheckRow {
  readonly id: string;
  readonly text: string;
  readonly note?: string;
  /** One per target. Undefined: the check was not reached. */
  readonly results: readonly (Check | undefined)[];
}

export interface Check {
  readonly status: ClauseStatus;
  /** Replaces the status: `3 violated`. */
  readonly says?: string;
  /** What was done: `100 runs`. */
  readonly effort?: readonly string[];
  readonly reason?: string;
  /** Folded details. Text formats leave them out. */
  readonly folded?: { readonly title: string; readonly items: readonly Text[] };
  /** The id of the explanation. */
  readonly to?: string;
}

export interface ProseBlock {
  readonly kind: 'prose';
  readonly text: Text;
  /** The style. `lead`: larger letters. `quiet`: an aside. `notice`: a warning. A status: in its colour. */
  readonly tone?: 'lead' | 'quiet' | 'notice' | ClauseStatus;
}

/** Operations of several processes over time. */
export interface LanesBlock {
  readonly kind: 'lanes';
  readonly lanes: readonly Lane[];
  /** Describes the picture for readers who cannot see it. */
  readonly about: string;
  /** Whether the events were already selected, so that no more may be left out. */
  readonly isWhole?: boolean;
}

/** Drawn in formats with pictures. A table next to it contains the same numbers. */
export interface ChartBlock {
  readonly kind: 'chart';
  readonly title: string;
  /** How to read the chart. */
  readonly note: string;
  readonly chart: Chart;
}

/** A command for the reader. */
export interface CommandBlock {
  readonly kind: 'command';
  readonly label: string;
  readonly command: string;
}

/** Blocks with a heading. */
export interface ArticleBlock {
  readonly kind: 'article';
  /** Unique in the document. */
  readonly id?: string;
  readonly status: ClauseStatus;
  /** `LOCK-01`. */
  readonly name: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  /** Shown on demand. Text formats leave it out. */
  readonly folded?: boolean;
}

/** Histories of clients on an interactive timeline. Text formats describe them in words. */
export interface HistoriesBlock {
  readonly kind: 'histories';
  readonly files: readonly FileTimelines[];
  /** The same in words, per file. */
  readonly words: readonly { readonly title: string; readonly texts: readonly string[] }[];
}
