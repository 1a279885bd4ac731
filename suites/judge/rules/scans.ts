/** Rule 7: a scan shows every row that was there and did not change exactly once, in order, and nothing else twice or invented. */
import { defined } from '../../../adapters/contract/defined.ts';
import type { HistoryEntry } from '../../../scenarios/evidence/model/history.ts';
import type { Finding, RuleResult } from '../../result.ts';
import { plural } from '../../counts.ts';
import { collectFindings, drawLanes, type Findings } from '../findings.ts';
import {
  listedActivity,
  listedStreams,
  type ListedPart,
  type ListedUniverse,
  type ScanInterest,
} from '../facts/listed.ts';
import { ruleResult, type Whole } from './rule.ts';

/** The most row ids that a summary names. */
const SHOWN_ROWS = 3;

/** The facts in the rest of the evidence that matter for these scans. */
export function interestOf(scans: readonly HistoryEntry[]): ScanInterest {
  const finished = finishedIn(scans);
  const ofActivity = finished.filter((scan) => listOf(scan) === 'activity');
  return {
    streams: finished.some((scan) => listOf(scan) === 'streams'),
    activity:
      ofActivity.length === 0
        ? undefined
        : {
            shown: new Set(ofActivity.flatMap((scan) => scan.result?.ids ?? [])),
            until: ofActivity.reduce((latest, { call }) => Math.max(latest, call), -Infinity),
          },
  };
}

export function judgeScans(
  scans: readonly HistoryEntry[],
  listed: readonly ListedPart[],
  { header, gaps }: Whole,
): RuleResult {
  const findings = collectFindings();
  const finished = finishedIn(scans);
  findEndless(findings, scans);
  if (gaps.any === undefined) {
    for (const list of ['streams', 'activity'] as const) {
      const those = finished.filter((scan) => listOf(scan) === list);
      if (those.length === 0) continue;
      const universe = list === 'streams' ? listedStreams(listed, header) : listedActivity(listed, those);
      for (const scan of those) judgeScan(findings, universe, scan);
    }
  }
  const rows = finished.reduce((sum, scan) => sum + (scan.result?.ids?.length ?? 0), 0);
  return ruleResult('scans', [findings], {
    checked: finished.length,
    detail: `${plural(finished.length, 'scan')} over ${plural(rows, 'row')}`,
    notApplicable: scans.length === 0 ? 'nobody scanned' : undefined,
    inconclusive: gaps.any ?? (finished.length === 0 ? 'no scan reached its end' : undefined),
  });
}

function finishedIn(scans: readonly HistoryEntry[]): HistoryEntry[] {
  return scans.filter((scan) => scan.outcome === 'ok' && scan.return !== null);
}

function listOf(scan: HistoryEntry): string {
  return scan.args.list ?? scan.key;
}

/** The driver ends a scan whose cursors repeat. */
function findEndless(findings: Findings, scans: readonly HistoryEntry[]): void {
  for (const scan of scans) {
    if (scan.result?.code !== 'ENDLESS_SCAN') continue;
    findings.add(() => describe(scan, undefined, 'never reached the last page: its cursors go in a circle'));
  }
}

function judgeScan(findings: Findings, universe: ListedUniverse, scan: HistoryEntry): void {
  const { ranks, direction } = universe;
  const ids = scan.result?.ids ?? [];
  const times = new Uint8Array(ranks.size);
  const invented: string[] = [];
  const doubled: string[] = [];
  const disordered: string[] = [];
  let previous: number | undefined;
  for (const id of ids) {
    const rank = ranks.get(id);
    if (rank === undefined) {
      invented.push(id);
      continue;
    }
    if (times[rank] !== 0) {
      doubled.push(id);
      continue;
    }
    times[rank] = 1;
    if (previous !== undefined && (rank - previous) * direction < 0) disordered.push(id);
    previous = rank;
  }
  const skipped = universe.missing(times, scan.call, scan.return as number);
  const report = (rows: readonly string[], problem: string): void => {
    if (rows.length > 0)
      findings.add(() => describe(scan, universe.streamOf(rows[0] as string), `${problem} ${named(rows)}`));
  };
  report(skipped, 'skipped rows that existed and that nobody changed meanwhile:');
  report(doubled, 'showed rows more than once:');
  report(disordered, 'showed rows out of order:');
  report(invented, 'showed rows that storage does not have:');
}

function named(rows: readonly string[]): string {
  const shown = rows.slice(0, SHOWN_ROWS).map((row) => `"${row}"`);
  return rows.length <= SHOWN_ROWS
    ? shown.join(', ')
    : `${shown.join(', ')} and ${plural(rows.length - SHOWN_ROWS, 'more row')}`;
}

function describe(scan: HistoryEntry, stream: string | undefined, problem: string): Finding {
  const { client, service, call, return: end, args } = scan;
  const limit = args.limit === undefined ? '' : ` in pages of ${args.limit}`;
  return {
    summary: `A scan of "${listOf(scan)}"${limit} by client ${client} through service ${service} ${problem}.`,
    ...defined({ stream }),
    services: [service],
    lanes: drawLanes([
      {
        lane: `service ${service}`,
        label: `scan ${listOf(scan)}`,
        from: call,
        to: end ?? Infinity,
        kind: 'call',
        marked: true,
      },
    ]),
  };
}
