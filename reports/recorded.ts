/** A result of whatever kind, as renderers are given it. */
import type { Verdict } from '../suites/result.ts';
import type { CaseGroup } from './words/cases.ts';
import type { ReportDocument } from './document/model.ts';

export interface Recorded {
  readonly files: ResultFiles;
  /** The text of its JSON file. */
  readonly json: string;
  readonly document: ReportDocument;
  /** Made when they are asked for: each may hold a picture. */
  readonly cases: () => readonly CaseGroup[];
  readonly exitStatus: ResultStatus;
  /** ISO time. */
  readonly startedAt: string;
  /** What else identifies the result: versions, seed. */
  readonly properties: Readonly<Record<string, string>>;
  readonly badge: Omit<Badge, 'schemaVersion' | 'label'>;
  /** The text of the certificates; absent: this kind of result has none. */
  readonly certificates?: () => string;
}

/** 0 held, 1 violated, 3 inconclusive or error, 4 a threshold was missed. */
export type ResultStatus = 0 | 1 | 3 | 4;

/** How a result with this exit status is drawn. */
export const VERDICT_OF_STATUS: Readonly<Record<ResultStatus, Verdict>> = {
  0: 'ok',
  1: 'violated',
  3: 'inconclusive',
  4: 'violated',
};

/** The colour of its badge, as shields.io names it. */
export const BADGE_COLORS: Readonly<Record<ResultStatus, string>> = {
  0: 'brightgreen',
  1: 'red',
  3: 'yellow',
  4: 'red',
};

/** What is said first of a result whose run was interrupted. */
export const PARTIAL_NOTICE =
  'This result is incomplete: the run was interrupted. What follows was decided before.';

/** How the files of a kind of result are called. */
export interface ResultFiles {
  /** Holds the result itself, and makes a folder one of this kind. */
  readonly json: string;
  /** Of `stem.html`, `stem.md` and `stem.txt`. */
  readonly stem: string;
}

/** A badge in the endpoint format of shields.io. */
export interface Badge {
  readonly schemaVersion: 1;
  readonly label: string;
  readonly message: string;
  readonly color: string;
}

export const RUN_FILES: ResultFiles = { json: 'result.json', stem: 'report' };
export const MUTANTS_FILES: ResultFiles = { json: 'mutants.json', stem: 'mutants' };
export const COMPARE_FILES: ResultFiles = { json: 'compare.json', stem: 'compare' };
export const HISTORY_FILES: ResultFiles = { json: 'history.json', stem: 'history' };
export const STRESS_FILES: ResultFiles = { json: 'stress.json', stem: 'stress' };
export const DRILL_FILES: ResultFiles = { json: 'drill.json', stem: 'drill' };

/** Of every kind, one a line. */
export const ALL_FILES: readonly ResultFiles[] = [
  RUN_FILES,
  COMPARE_FILES,
  MUTANTS_FILES,
  STRESS_FILES,
  DRILL_FILES,
  HISTORY_FILES,
];
