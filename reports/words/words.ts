/** Words, marks and counts that all renderers share. */
import { inWords } from '../../scenarios/inWords.ts';
import { CLAUSES, findClause, LEVELS } from '../../adapters/contract/index.ts';
import {
  CLAUSE_STATUSES,
  type ClauseResult,
  type ClauseStatus,
  type Counterexample,
  type EffectTally,
  type RuleName,
  type Verdict,
} from '../../suites/result.ts';
import type { FaultTally } from '../../suites/judge/rules/recovery.ts';
import { isElsewhere } from '../../suites/shard.ts';
import type { Power } from '../../scenarios/evidence/model/power.ts';
import { formatCount, formatMs, plural, printable } from './format.ts';
import type { Certification, EarlyEnd, LoadResult, TargetSummary } from '../model.ts';

export const STATUS_MARKS: Readonly<Record<ClauseStatus, string>> = {
  ok: '✓',
  violated: '✗',
  inconclusive: '?',
  'not-applicable': '–',
  skipped: '○',
  'not-run': '·',
  unverified: '◌',
  error: '!',
};

/** What each rule of the judge looks for. */
export const RULE_TEXTS: Readonly<Record<RuleName, string>> = {
  exclusion: 'no two sections of one stream overlap',
  'revision-chain': 'the revisions of a stream are unique and without gaps',
  effects: 'every answer that reports an effect has exactly one effect, and every payout is made',
  replay: 'one token executes once and is replayed byte for byte',
  linearizability: "every client's observations fit one order of operations",
  audit: 'what storage holds at the end is what the operations allow',
  scans: 'rows that did not change appear in a scan once and in order',
  claims: 'an export job belongs to one worker at a time and is finished once',
  liveness: 'requests are answered, and after a fault every stream is usable again in time',
  beside: 'no error reaches a service outside the calls, and instances leave nothing behind',
};

export const POWER_TEXTS: Readonly<Record<keyof Power, string>> = {
  crossProcessAttempts: 'pairs of answered requests for one stream at once on two services',
  inProcessAttempts: 'pairs of answered requests for one stream at once on one service',
  contendedStreams: 'streams with such a pair',
  duplicateAttempts: 'pairs of answered requests with one token at once',
  scansBesideWrites: 'scans during which a write was committed',
  claimRaces: 'pairs of workers that asked for an export job at the same time on two services',
  lateFinishes: 'workers that finished an export job after another had taken it over',
};

export const POWER_NAMES = Object.keys(POWER_TEXTS) as readonly (keyof Power)[];

export type StatusCounts = readonly (readonly [ClauseStatus, number])[];

/** The number of clauses per status. Statuses that do not occur are left out. */
export function countStatuses(clauses: readonly ClauseResult[]): StatusCounts {
  return CLAUSE_STATUSES.map(
    (status) => [status, clauses.filter((clause) => clause.status === status).length] as const,
  ).filter(([, count]) => count > 0);
}

/** What was run for a clause, as far as it was counted. */
export function effortParts({ runs, orders, situations = [], durationMs }: ClauseResult): string[] {
  return [
    ...(runs > 0 ? [plural(runs, 'run')] : []),
    ...(orders > 0 ? [plural(orders, 'order')] : []),
    ...(situations.length > 0 ? [plural(situations.length, 'situation')] : []),
    ...(durationMs > 0 ? [formatMs(durationMs)] : []),
  ];
}

export function clauseText(id: string): string {
  return findClause(id)?.text ?? 'This version of lockstep does not know this clause.';
}

/** ` 0.1.0`, to follow the name by which the user knows the target. Includes the target's own name if that differs. */
export function versionText({ name, version, spec }: TargetSummary): string {
  return name === spec ? ` ${printable(version)}` : ` (${printable(name)} ${printable(version)})`;
}

/** The name of a load's target. For a negative control, the name says so. */
export function loadName({
  target,
  negativeControl,
}: Pick<LoadResult, 'target' | 'negativeControl'>): string {
  return `${target.spec}${negativeControl ? ' (negative control)' : ''}`;
}

/** The outcomes of rerunning a counterexample's program, as named sentences. */
export function againFacts({
  reproduced,
  contrasts = [],
  cause,
}: Counterexample): (readonly [string, string])[] {
  if (reproduced === undefined) return [];
  const { failed, of, how } = reproduced;
  const elsewhere = contrasts.map((one) => `${one.tally.failed} of ${one.tally.of} ${one.how}`);
  return [
    ['again', `failed ${failed} of ${of} times ${how}`],
    ...(elsewhere.length === 0 ? [] : [['contrasts', `failed ${elsewhere.join(', ')}`] as const]),
    ...(cause === undefined ? [] : [['likely cause', cause] as const]),
  ];
}

/** The usual cause of failures of this kind, if there is one. */
export function hintFacts(found: Counterexample | undefined): (readonly [string, string])[] {
  return found?.hint === undefined ? [] : [['typical cause', found.hint]];
}

/**
 * The clauses that leave a certification undecided. If left-out clauses of the requested level are the reason for its
 * verdict, these are included. Clauses that this machine could not check are always included.
 */
export function undecidedClauses(certification: Certification): readonly ClauseResult[] {
  const explains = countedVerdict(certification) === 'inconclusive' && certification.partial !== true;
  const counts = (result: ClauseResult): boolean => {
    if (isElsewhere(result)) return false;
    const level = findClause(result.clause)?.level;
    return level !== undefined && LEVELS.indexOf(level) <= LEVELS.indexOf(certification.requestedLevel);
  };
  return certification.clauses.filter(
    (result) =>
      result.status === 'inconclusive' ||
      result.status === 'error' ||
      result.status === 'unverified' ||
      (explains && (result.status === 'not-run' || result.status === 'skipped') && counts(result)),
  );
}

/** Whether a negative control was not caught: the run could not detect an existing bug. */
export function meansControlFailure(load: LoadResult): boolean {
  return load.negativeControl && load.judgement.verdict !== 'violated';
}

/** `poolers claimed, not verified here`. Empty: all claims were verified. */
export function unverifiedText({ unverified }: Certification): string {
  return unverified.length === 0 ? '' : `${inWords(unverified)} claimed, not verified here`;
}

/** `for ids /^[a-z0-9_]{1,40}$/ alone`. Empty: the adapter does not limit ids. */
export function idsText({ target: { ids } }: Certification): string {
  if (ids === undefined) return '';
  const { pattern, flags } = ids;
  const shown = pattern.length <= MAX_PATTERN ? pattern : `${pattern.slice(0, MAX_PATTERN - 1)}…`;
  return `for ids /${shown}/${flags} alone`;
}

/** The most characters of a pattern to show. */
const MAX_PATTERN = 100;

/** The verdict that counts: that of the baseline, if there is one. */
export function countedVerdict({ baseline, verdict }: Certification): Verdict {
  return baseline?.verdict ?? verdict;
}

/** `known failure: issue 12`, if the baseline knows the violation. */
export function knownFailure({ baseline }: Certification, clause: string): string | undefined {
  if (baseline?.known.includes(clause) !== true) return undefined;
  return `known failure: ${baseline.entries.find((entry) => entry.clause === clause)?.reason ?? ''}`;
}

/** What to do about a baseline entry that holds by now. */
export function staleText(clause: string): string {
  return `${clause} is listed in the baseline and holds now: take it out of the file, so that it is guarded again`;
}

/** Violations that the baseline does not know. */
export function newViolations(certification: Certification): readonly ClauseResult[] {
  return certification.clauses.filter(
    ({ clause, status }) => status === 'violated' && certification.baseline?.known.includes(clause) !== true,
  );
}

/** The clauses in order, with neighbours as ranges: `ACT-02 LOCK-01–LOCK-05`. */
export function clauseRanges(ids: readonly string[]): string {
  const ranges: { first: string; last: string }[] = [];
  for (const id of ids) {
    const range = ranges.at(-1);
    if (range !== undefined && follows(range.last, id)) range.last = id;
    else ranges.push({ first: id, last: id });
  }
  return ranges.map(({ first, last }) => (first === last ? first : `${first}–${last}`)).join(' ');
}

/** Whether `next` follows `id` in the same group. */
function follows(id: string, next: string): boolean {
  const at = CLAUSES.findIndex((clause) => clause.id === id);
  const after = CLAUSES[at + 1];
  return at >= 0 && after?.id === next && after.group === CLAUSES[at]?.group;
}

/** `SIGINT, while importing ./adapter.ts`. */
export function earlyEndText({ by, during }: EarlyEnd): string {
  return printable(during === undefined ? by : `${by}, while ${during}`);
}

/** `12 ms in the median, 30 ms at most`. */
export function recoveryText(recovery: FaultTally['others']): string {
  if (recovery === undefined) return '–';
  const { medianMs, maxMs } = recovery;
  if (maxMs === null) return 'not in time';
  return `${formatMs(medianMs ?? maxMs)} in the median, ${formatMs(maxMs)} at most`;
}

/** `1,024 acknowledged, 0 lost, 0 doubled`. */
export function tallyText({ acknowledged, lost, doubled }: EffectTally): string {
  const gone = lost === null ? 'not known how many are lost' : `${formatCount(lost)} lost`;
  return `${formatCount(acknowledged)} acknowledged, ${gone}, ${formatCount(doubled)} doubled`;
}
