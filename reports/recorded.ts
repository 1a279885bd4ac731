/** A result of any kind, in the form that renderers take. */
import type { Verdict } from '../suites/result.ts';
import type { CaseGroup } from './words/cases.ts';
import type { ReportDocument } from './document/model.ts';

export interface Recorded {
  readonly files: ResultFiles;
  /** The text of the JSON file. */
  readonly json: string;
  readonly document: ReportDocument;
  /** Computed on request, because each case may contain a picture. */
  readonly cases: () => readonly CaseGroup[];
  readonly exitStatus: ResultStatus;
  /** The start of the run, as an ISO time. */
  readonly startedAt: string;
  /** Further properties that identify the result: versions and the seed. */
  readonly properties: Readonly<Record<string, string>>;
  readonly badge: Omit<Badge, 'schemaVersion' | 'label'>;
  /** Returns the text of the certificates. Absent: this kind of result has none. */
  readonly certificates?: () => string;
}

/** 0: everything held. 1: a violation. 3: inconclusive, or an error. 4: a threshold was missed. */
export type ResultStatus = 0 | 1 | 3 | 4;

/** The verdict by which a result with this exit status is drawn. */
export const VERDICT_OF_STATUS: Readonly<Record<ResultStatus, Verdict>> = {
  0: 'ok',
  1: 'violated',
  3: 'inconclusive',
  4: 'violated',
};

/** The colour of the badge, by its name at shields.io. */
export const BADGE_COLORS: Readonly<Record<ResultStatus, string>> = {
  0: 'brightgreen',
  1: 'red',
  3: 'yellow',
  4: 'red',
};

/** The first sentence about a result whose run was interrupted. */
export const PARTIAL_NOTICE =
  'This result is incomplete: the run was interrupted. What follows was decided before.';

/** The file names of a kind of result. */
export interface ResultFiles {
  /** The file with the result itself, which identifies a folder of this kind. */
  readonly json: string;
  /** The first part of `stem.html`, `stem.md` and `stem.txt`. */
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

/** The file names of all kinds, one per line. */
export const ALL_FILES: readonly ResultFiles[] = [
  RUN_FILES,
  COMPARE_FILES,
  MUTANTS_FILES,
  STRESS_FILES,
  DRILL_FILES,
  HISTORY_FILES,
];
