/**
 * One result as a tree of blocks, whatever kind of result it is. Every kind makes such a tree (`…/document.ts`), and one
 * back end for each format draws it: terminal, Markdown and HTML. Texts in it are as they came; a back end escapes them.
 */
import type { ClauseStatus, Lane, Verdict } from '../../suites/result.ts';
import type { FileTimelines } from '../check/timeline/pageData.ts';
import type { Chart } from './chart.ts';

export interface ReportDocument {
  /** What was run, when and for how long, a few words each. */
  readonly about: readonly string[];
  readonly status: Verdict;
  /** The result in one sentence. */
  readonly headline: string;
  /** What to know before reading on, such as that the result is incomplete. */
  readonly notice?: string;
  /** What to type to run the same again. */
  readonly repeat: string;
  /** The outcome in short: what is read first. */
  readonly summary: readonly Block[];
  readonly chapters: readonly Chapter[];
}

export interface Chapter {
  /** Unique in the document: letters, digits and dashes. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  /** What only those look up who know what they look for: Markdown folds it away. */
  readonly isReference?: boolean;
}

/** A piece of a line. */
export type Inline =
  | string
  | { readonly strong: string }
  | { readonly quiet: string }
  | { readonly code: string }
  /** A name in the colour that one target has in tables and charts; `series` counts from 0. */
  | { readonly name: string; readonly series: number }
  /** A status as mark and word. `text` instead of the status' own word; `to` the id of what explains it. */
  | { readonly status: ClauseStatus; readonly text?: string; readonly to?: string }
  /** A bar of this share, 0 to 1, where there is room for pictures; its text stands beside it. */
  | { readonly share: number };

export type Text = Inline | readonly Inline[];

/** The pieces of a line, one after the other. */
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

/** What came of one thing that was tested. */
export interface VerdictBlock {
  readonly kind: 'verdict';
  readonly status: ClauseStatus;
  readonly name: string;
  /** Of the name, such as a version. */
  readonly detail?: string;
  /** What was done with it: `under hot-stream`. */
  readonly about?: string;
  /** The verdict in a few words. */
  readonly says: string;
  /** What it was found by: `3 operations, 1 key`. */
  readonly beside?: string;
  readonly more: readonly Block[];
}

/** How many of what was checked have each status. */
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
  /** Columns from this one on (from 0) hold numbers. Default: none do. */
  readonly numbersFrom?: number;
}

/** The cells of a row, or a heading over the rows that follow. */
export type TableRow = readonly Text[] | { readonly group: string };

/** What was checked, one row each, one column for each of `targets`. */
export interface ChecksBlock {
  readonly kind: 'checks';
  /** What one row is: `clause`. */
  readonly noun: string;
  readonly targets: readonly string[];
  readonly rows: readonly CheckRow[];
  /** Whether readers can filter the rows, where a format has such a thing. */
  readonly filter?: boolean;
}

export interface CheckRow {
  readonly id: string;
  readonly text: string;
  readonly note?: string;
  /** One for each target; undefined: it was not reached. */
  readonly results: readonly (Check | undefined)[];
}

export interface Check {
  readonly status: ClauseStatus;
  /** Instead of the status: `3 violated`. */
  readonly says?: string;
  /** What was done: `100 runs`. */
  readonly effort?: readonly string[];
  readonly reason?: string;
  /** What belongs to it, folded away; text formats leave it out. */
  readonly folded?: { readonly title: string; readonly items: readonly Text[] };
  /** The id of what explains it. */
  readonly to?: string;
}

export interface ProseBlock {
  readonly kind: 'prose';
  readonly text: Text;
  /** How it is said. `lead`: in larger letters. `quiet`: beside the matter. `notice`: a warning. A status: in its colour. */
  readonly tone?: 'lead' | 'quiet' | 'notice' | ClauseStatus;
}

/** Operations of several processes over time. */
export interface LanesBlock {
  readonly kind: 'lanes';
  readonly lanes: readonly Lane[];
  /** What the picture is of, for those who do not see it. */
  readonly about: string;
  /** Somebody has picked what bears on it: nothing more is left out. */
  readonly isWhole?: boolean;
}

/** Drawn where there is room for pictures; a table beside it says the same in numbers. */
export interface ChartBlock {
  readonly kind: 'chart';
  readonly title: string;
  /** How to read it. */
  readonly note: string;
  readonly chart: Chart;
}

/** What to type. */
export interface CommandBlock {
  readonly kind: 'command';
  readonly label: string;
  readonly command: string;
}

/** Blocks under a heading of their own. */
export interface ArticleBlock {
  readonly kind: 'article';
  /** Unique in the document. */
  readonly id?: string;
  readonly status: ClauseStatus;
  /** `LOCK-01`. */
  readonly name: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  /** Shown on demand; text formats leave it out. */
  readonly folded?: boolean;
}

/** Histories of clients on a timeline that can be walked through; text formats say them in words. */
export interface HistoriesBlock {
  readonly kind: 'histories';
  readonly files: readonly FileTimelines[];
  /** The same in words, for each file. */
  readonly words: readonly { readonly title: string; readonly texts: readonly string[] }[];
}
