/** Places in evidence where a bug can be seeded. */
import type { ActivityEvent, IdempotencyRecord } from '../../../adapters/contract/index.ts';
import type { Audit, Evidence } from '../../../scenarios/evidence.ts';
import type { JournalEntry } from '../../../scenarios/evidence/model/journal.ts';
import type { HistoryEntry, HistoryResult } from '../../../scenarios/evidence/model/history.ts';
import type { Random } from '../../../scenarios/random.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Line = Writable<JournalEntry>;

/** Evidence that a bug may be seeded into. */
export interface MutableEvidence {
  header: Writable<Evidence['header']>;
  history: Request[];
  journals: { service: number; pid: number; entries: Line[] }[];
  audits: MutableAudit[];
  strikes?: NonNullable<Evidence['strikes']>;
}

export interface Request extends Omit<Writable<HistoryEntry>, 'args' | 'result'> {
  args: Writable<HistoryEntry['args']>;
  result?: Omit<Writable<HistoryResult>, 'ids'> & { ids?: string[] };
}

export interface MutableAudit {
  reader: Audit['reader'];
  streams: Writable<Audit['streams'][number]>[];
  activity: ActivityEvent[];
  idempotency: IdempotencyRecord[];
  exports: Audit['exports'];
  exportAudit: Audit['exportAudit'];
}

type Journal = MutableEvidence['journals'][number];

/** A committed effect that a client was told of, and everything that speaks of it. */
export interface Site {
  readonly journal: Journal;
  readonly execute: Extract<Line, { type: 'execute' }>;
  /** The lines of its section, of the run that committed. */
  readonly section: readonly Line[];
  readonly claim: Request;
}

/** A copy that may be changed. */
export function mutableCopy(evidence: Evidence): MutableEvidence {
  return structuredClone(evidence) as unknown as MutableEvidence;
}

export function sitesOf(evidence: MutableEvidence): Site[] {
  const claims = new Map<string, Request>();
  for (const request of evidence.history) {
    const operationId = request.result?.operationId;
    if (operationId !== undefined && !claims.has(operationId)) claims.set(operationId, request);
  }
  return evidence.journals.flatMap((journal) => {
    const sections = new Map<number, Line[]>();
    for (const line of journal.entries.filter(isOfSection)) {
      const lines = sections.get(line.section) ?? [];
      sections.set(line.section, lines);
      lines.push(line);
    }
    return [...sections.values()].flatMap((section) => siteOf(claims, journal, section) ?? []);
  });
}

function siteOf(
  claims: ReadonlyMap<string, Request>,
  journal: Journal,
  lines: readonly Line[],
): Site | undefined {
  const attempts = lines.flatMap((line) => ('attempt' in line ? [line.attempt] : []));
  const last = Math.max(...attempts);
  const section = lines.filter(
    (line) => line.type !== 'wait' && (!('attempt' in line) || line.attempt === last),
  );
  const execute = section.find((line) => line.type === 'execute');
  const committed = section.some((line) => line.type === 'settle' && line.outcome === 'committed');
  if (execute === undefined || !committed) return undefined;
  const claim = claims.get(execute.operationId);
  return claim === undefined ? undefined : { journal, execute, section, claim };
}

function isOfSection(line: Line): line is Extract<Line, { section: number }> {
  return 'section' in line;
}

/** Sites of settles, which only a lifecycle stream can have but one of. */
export function settles(evidence: MutableEvidence): Site[] {
  return sitesOf(evidence).filter(({ execute }) => execute.f === 'settle');
}

export function keyed(evidence: MutableEvidence): Site[] {
  return sitesOf(evidence).filter(({ execute }) => execute.token !== undefined);
}

function isOnlyExecution(evidence: MutableEvidence, { operationId }: Site['execute']): boolean {
  const lines = evidence.journals.flatMap(({ entries }) => entries);
  return lines.filter((line) => line.type === 'execute' && line.operationId === operationId).length === 1;
}

/** Sites that no other execution explains, and whose stream has a committed effect after them. */
export function inTheMiddle(evidence: MutableEvidence): Site[] {
  const sites = sitesOf(evidence);
  return sites.filter(
    ({ execute }) =>
      isOnlyExecution(evidence, execute) &&
      sites.some(
        (other) => other.execute.stream === execute.stream && other.execute.revision > execute.revision,
      ),
  );
}

/** Two successive effects of one stream. */
export function neighbours(random: Random, evidence: MutableEvidence): readonly [Site, Site] {
  const sites = sitesOf(evidence);
  const pairs = sites.flatMap((early) => {
    const { stream, revision } = early.execute;
    const late = sites.find(({ execute }) => execute.stream === stream && execute.revision === revision + 1);
    return late === undefined ? [] : [[early, late] as const];
  });
  return pick(random, pairs);
}

export function paid(evidence: MutableEvidence): Site[] {
  return sitesOf(evidence).filter((site) =>
    evidence.journals.some(({ entries }) => entries.some((line) => isPayoutOf(site, line))),
  );
}

export function isPayoutOf({ execute }: Site, line: Line): line is Extract<Line, { type: 'payout' }> {
  return line.type === 'payout' && line.operationId === execute.operationId;
}

export function isEventOf({ execute }: Site, { id }: ActivityEvent): boolean {
  return id.endsWith(`:${execute.operationId}`) && !id.startsWith('payout.sent');
}

export function replays(evidence: MutableEvidence): Request[] {
  // With the first answer itself in the history: another answer is what it differs from.
  return evidence.history.filter(
    ({ result, args }) =>
      result?.replayed === true &&
      evidence.history.some(
        (other) =>
          other.args.token === args.token && other.result?.effect === true && other.result.replayed !== true,
      ),
  );
}

/** The journal of another service than `service`, or of the only one. */
export function otherJournal(evidence: MutableEvidence, service: number): Journal {
  const other = evidence.journals.find((journal) => journal.service !== service) ?? evidence.journals[0];
  return other as Journal;
}

/** A copy of `lines` as another section, `later` ns later. */
export function copySection(
  lines: readonly Line[],
  section: number,
  later: number,
  revision?: number,
): Line[] {
  return lines.map((line) => ({
    ...line,
    section,
    at: line.at + later,
    ...(line.type === 'execute' && revision !== undefined ? { revision } : {}),
  }));
}

/** Adds an answer that shows the stream as it was seeded, after the effect at `site` was answered. */
export function seeSeeded(
  evidence: MutableEvidence,
  site: Site,
  f: Request['f'],
  result: HistoryResult,
): void {
  const stream = evidence.header.seeded.find(({ id }) => id === site.execute.stream);
  if (stream === undefined) throw new Error(`There is no stream ${site.execute.stream}.`);
  const { revision, status, releasedAmount, withdrawnAmount } = stream;
  const shown = { revision, streamStatus: status, releasedAmount, withdrawnAmount };
  const call = (site.claim.return ?? evidence.header.loadTo) + 1;
  const { client, key, service } = site.claim;
  evidence.history.push({
    client,
    key,
    f,
    args: f === 'get' ? {} : { amount: '1' },
    call,
    return: call + 1,
    outcome: 'ok',
    service,
    result: { ...result, ...shown } as NonNullable<Request['result']>,
  });
}

/** Rows of a scan of `list` that showed at least two. */
export function pickScan(random: Random, evidence: MutableEvidence, list: 'streams' | 'activity'): string[] {
  return pick(
    random,
    evidence.history.flatMap(({ args, result }) =>
      args.list === list && (result?.ids?.length ?? 0) > 1 ? [result?.ids ?? []] : [],
    ),
  );
}

/** A scan's rows, and one of them that nobody touched meanwhile. */
export function pickQuietRow(
  random: Random,
  evidence: MutableEvidence,
): { readonly ids: string[]; readonly row: string } {
  const rows = evidence.history.flatMap((scan) => {
    const { ids } = scan.result ?? {};
    if (scan.args.list !== 'streams' || ids === undefined) return [];
    return ids.filter((row) => !isTouched(evidence, row, scan)).map((row) => ({ ids, row }));
  });
  return pick(random, rows);
}

/** Longer than any section of a synthetic run takes, in ns. */
const LONGEST_SECTION = 100_000;

/** Whether a section of `stream` was open during `scan`, or one of unknown end may have been. */
function isTouched(evidence: MutableEvidence, stream: string, scan: Request): boolean {
  return evidence.journals.some(({ entries }) => {
    const known = new Set(
      entries.flatMap((line) => (line.type === 'settle' && line.outcome !== 'unknown' ? [line.section] : [])),
    );
    return entries.some(
      (line) =>
        line.type === 'enter' &&
        line.stream === stream &&
        line.at < (scan.return ?? scan.call) &&
        (line.at > scan.call - LONGEST_SECTION || !known.has(line.section)),
    );
  });
}

export function pick<T>(random: Random, values: readonly T[]): T {
  if (values.length === 0) throw new Error('The evidence has no place for this bug.');
  return random.pick(values);
}
