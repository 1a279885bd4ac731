/** The outcome of certifying one target, in short. */
import type { ClauseResult } from '../../suites/result.ts';
import { isElsewhere } from '../../suites/shard.ts';
import type { Block, Text, VerdictBlock } from '../document/model.ts';
import { formatMs, plural } from '../words/format.ts';
import type { Certification } from '../model.ts';
import { proofText } from '../mutation/proof.ts';
import { sharedText, sharedViolations } from '../shared.ts';
import {
  clauseRanges,
  countedVerdict,
  countStatuses,
  idsText,
  knownFailure,
  staleText,
  unverifiedText,
  versionText,
} from '../words/words.ts';

/** The level, the counts by status, and everything that limits what the level means. */
export function certificationVerdict(certification: Certification): VerdictBlock {
  const { target, clauses, suites } = certification;
  return {
    kind: 'verdict',
    status: countedVerdict(certification),
    name: target.spec,
    detail: versionText(target),
    says: levelText(certification),
    more: [
      { kind: 'counts', of: countStatuses(clauses) },
      ...baselineBlocks(certification),
      ...sharedViolations(clauses).map((one) =>
        say('violated', [{ status: 'violated', text: sharedText(one) }]),
      ),
      ...(['error', 'inconclusive'] as const).flatMap((status) =>
        [...byReason(clauses, status)].map(([reason, ids]) =>
          say(status, [{ status, text: clauseRanges(ids) }, `: ${reason}`]),
        ),
      ),
      ...clauses
        .filter(({ status }) => status === 'unverified')
        .map(({ clause, status, reason = '' }) =>
          say(status, [{ status, text: `${clause} was not checked` }, `: ${reason}`]),
        ),
      ...(['not-applicable', 'skipped', 'not-run'] as const).flatMap((status) =>
        [...byReason(clauses, status)].map(([reason, ids]) =>
          say(status, [{ status, text: reason }, `: ${clauseRanges(ids)}`]),
        ),
      ),
      ...(suites.proof === null
        ? []
        : [
            {
              kind: 'prose',
              tone: 'quiet',
              text: `suites of build ${suites.buildId}: ${proofText(suites.proof)}`,
            } as const,
          ]),
      { kind: 'prose', tone: 'quiet', text: effortText(certification) },
    ],
  };
}

function say(tone: ClauseResult['status'], text: Text): Block {
  return { kind: 'prose', tone, text };
}

function effortText({ runs, processes, durationMs }: Certification): string {
  const where = processes > 1 ? plural(processes, 'process', 'processes') : 'one process';
  return `${plural(runs, 'run')} per clause, ${where}, ${formatMs(durationMs)}`;
}

function baselineBlocks(certification: Certification): Block[] {
  const { known = [], stale = [] } = certification.baseline ?? {};
  return [
    ...known.map((id) => say('inconclusive', `· ${id}, ${knownFailure(certification, id) ?? ''}`)),
    ...stale.map((id) => say('violated', `✗ ${staleText(id)}`)),
  ];
}

/** The clauses of a status, grouped by their reason. */
function byReason(clauses: readonly ClauseResult[], wanted: ClauseResult['status']): Map<string, string[]> {
  const reasons = new Map<string, string[]>();
  for (const { clause, status, reason = 'no reason was given' } of clauses) {
    if (status !== wanted) continue;
    const ids = reasons.get(reason) ?? [];
    reasons.set(reason, ids);
    ids.push(clause);
  }
  return reasons;
}

/** `cluster level`, or why there is no level. */
export function levelText(certification: Certification): string {
  const { level, levels, requestedLevel } = certification;
  if (certification.partial === true) return `interrupted before ${requestedLevel} level was decided`;
  const limits = [idsText(certification), unverifiedText(certification)].filter((text) => text !== '');
  if (level === requestedLevel)
    return `${level} level${limits.length === 0 ? '' : ` (${limits.join('; ')})`}`;
  const why = certification.clauses.some(isElsewhere)
    ? 'a single shard gives none'
    : `${requestedLevel} level requested: ${levels[requestedLevel]}`;
  return `${level === null ? 'no' : level} level (${why})`;
}
