/**
 * What the two scanned lists should hold, and since when. Collected from every part of the evidence, as far as a scan
 * can show it.
 */
import type { StreamRecord } from '../../../adapters/contract/index.ts';
import type { EvidenceHeader } from '../../../scenarios/evidence.ts';
import type { HistoryEntry } from '../../../scenarios/evidence/model/history.ts';
import type { CaseFile, StreamFile } from './caseFile.ts';
import { indexIntervals, type Interval } from '../intervals.ts';
import { rankRows } from '../order.ts';
import type { JournalSection } from './sections.ts';

export interface ListedUniverse {
  /** Every row that is or was there, by its place in ascending order. */
  readonly ranks: ReadonlyMap<string, number>;
  /** 1: the list ascends; -1: latest first. */
  readonly direction: 1 | -1;
  /** Rows with no mark in `seen` that were there unchanged from `from` to `to`. */
  missing(seen: Uint8Array, from: number, to: number): string[];
  streamOf(row: string): string | undefined;
}

/** What must be known to judge the scans. */
export interface ScanInterest {
  /** Whether a scan of the streams came to its end. */
  readonly streams: boolean;
  /** Ids that scans of the activity showed, and when the last of those was called; undefined: there are none. */
  readonly activity: { readonly shown: ReadonlySet<string>; readonly until: number } | undefined;
}

/** What a part holds of what was scanned. */
export interface ListedPart {
  readonly streams: readonly ListedStream[];
  readonly changes: readonly StreamChanges[];
  readonly events: readonly ListedEvent[];
}

type ListedStream = Pick<StreamRecord, 'id' | 'createdAt'>;

interface StreamChanges {
  readonly stream: string;
  readonly intervals: readonly Interval[];
}

interface ListedEvent {
  readonly id: string;
  readonly timestamp: string;
  readonly stream: string | undefined;
  /** Since when it was certainly there; Infinity: unknown. */
  readonly since: number;
}

export function listedIn(file: CaseFile, interest: ScanInterest): ListedPart {
  const { header, storage, streams } = file;
  return {
    streams: interest.streams
      ? [...storage.streams.values()].map(({ id, createdAt }) => ({ id, createdAt }))
      : [],
    changes: interest.streams
      ? header.seeded.flatMap(({ id }) => {
          const intervals = changesOf(streams.get(id), file);
          return intervals.length === 0 ? [] : [{ stream: id, intervals }];
        })
      : [],
    events: interest.activity === undefined ? [] : eventsIn(file, interest.activity),
  };
}

/**
 * When a section may have changed the stream: from its entry until withLock settled, or without end if its commit was
 * not confirmed. A section that was rolled back changed nothing, unless the adapter is not atomic.
 */
function changesOf(stream: StreamFile | undefined, file: CaseFile): Interval[] {
  return (stream?.sections ?? [])
    .filter((section) => mayHaveChanged(section, file))
    .map(({ attempts, settled, outcome }) => ({
      from: attempts[0]?.enter ?? 0,
      to: outcome === 'committed' || outcome === 'aborted' ? settled : Infinity,
    }));
}

function mayHaveChanged(
  { attempts, outcome, executions }: JournalSection,
  { header, committed }: CaseFile,
): boolean {
  if (header.capabilities.atomic && outcome !== 'committed')
    return executions.some((execution) => committed.has(execution));
  return outcome === 'unknown' || attempts.some((attempt) => attempt.wrote);
}

/** Each is there once its section was over, or its effect was answered. */
function eventsIn(
  { effects, storage }: CaseFile,
  { shown, until }: NonNullable<ScanInterest['activity']>,
): ListedEvent[] {
  const since = new Map<string, number>();
  const note = (id: string, time: number): void => {
    if (time < (since.get(id) ?? Infinity)) since.set(id, time);
  };
  for (const effect of effects) {
    for (const { event } of effect.events) {
      // A commit that was not confirmed may have come after withLock had settled.
      for (const { section } of effect.executions)
        if (section.outcome === 'committed') note(event.id, section.settled);
      for (const claim of effect.claims) note(event.id, claim.return);
    }
  }
  return [...storage.events.values()].flatMap(({ id, timestamp, streamId }) => {
    const from = since.get(id) ?? Infinity;
    return from < until || shown.has(id) ? [{ id, timestamp, stream: streamId, since: from }] : [];
  });
}

/**
 * Streams from before the load are never deleted, so only a change excuses their absence from a scan. For streams
 * that were created during the load, it is unknown whether they existed yet.
 */
export function listedStreams(
  parts: readonly ListedPart[],
  { seeded, provided }: Pick<EvidenceHeader, 'seeded' | 'provided'>,
): ListedUniverse {
  const rows = new Map<string, string>();
  for (const part of parts) for (const { id, createdAt } of part.streams) rows.set(id, createdAt);
  for (const stream of seeded) rows.set(stream.id, stream.createdAt);
  const ranks = rankRows([...rows].map(([id, time]) => ({ id, time })));
  const intervals = new Map(
    parts.flatMap(({ changes }) => changes.map((one) => [one.stream, one.intervals] as const)),
  );
  const changes = new Map<string, (from: number, to: number) => boolean>();
  const wasChanged = (id: string, from: number, to: number): boolean => {
    let changed = changes.get(id);
    if (changed === undefined) {
      changed = indexIntervals(intervals.get(id) ?? []);
      changes.set(id, changed);
    }
    return changed(from, to);
  };
  const before = seeded.slice(0, seeded.length - (provided?.count ?? 0));
  return {
    ranks,
    direction: 1,
    missing: (seen, from, to) =>
      before
        .map((stream) => stream.id)
        .filter((id) => seen[ranks.get(id) as number] === 0 && !wasChanged(id, from, to)),
    streamOf: (row) => row,
  };
}

/** Events never change, so an event that a scan has shown stays in the list. */
export function listedActivity(parts: readonly ListedPart[], scans: readonly HistoryEntry[]): ListedUniverse {
  const events = parts.flatMap((part) => part.events);
  const ranks = rankRows(events.map(({ id, timestamp }) => ({ id, time: timestamp })));
  const since = new Float64Array(ranks.size).fill(Infinity);
  const note = (id: string, time: number): void => {
    const rank = ranks.get(id);
    if (rank !== undefined && time < (since[rank] as number)) since[rank] = time;
  };
  for (const event of events) note(event.id, event.since);
  for (const scan of scans) for (const id of scan.result?.ids ?? []) note(id, scan.return as number);
  const streams = new Map(events.map(({ id, stream }) => [id, stream]));
  const ids = [...ranks.keys()];
  const bySince = ids.map((_, rank) => rank).filter((rank) => since[rank] !== Infinity);
  bySince.sort((a, b) => (since[a] as number) - (since[b] as number));
  return {
    ranks,
    direction: -1,
    missing: (seen, from) => {
      const missing: string[] = [];
      for (const rank of bySince) {
        if ((since[rank] as number) >= from) break;
        if (seen[rank] === 0) missing.push(ids[rank] as string);
      }
      return missing;
    },
    streamOf: (row) => streams.get(row),
  };
}
