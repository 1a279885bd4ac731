/** What the two scanned lists should hold, by when. */
import type { HistoryEntry } from '../../scenarios/evidence.ts';
import type { CaseFile, StreamFile } from './caseFile.ts';
import { indexIntervals, type Interval } from './intervals.ts';
import { rankRows } from './order.ts';
import type { Section } from './sections.ts';

export interface ListedUniverse {
  /** Every row that is or was there, by its place in ascending order. */
  readonly ranks: ReadonlyMap<string, number>;
  /** 1: the list ascends; -1: latest first. */
  readonly direction: 1 | -1;
  /** Rows with no mark in `seen` that were there unchanged from `from` to `to`. */
  missing(seen: Uint8Array, from: number, to: number): string[];
  streamOf(row: string): string | undefined;
}

/** Streams are seeded before the load and never deleted, so that only a change excuses an absence. */
export function listedStreams(file: CaseFile): ListedUniverse {
  const rows = new Map<string, string>();
  for (const stream of file.storage.streams.values()) rows.set(stream.id, stream.createdAt);
  for (const stream of file.header.seeded) rows.set(stream.id, stream.createdAt);
  const ranks = rankRows([...rows].map(([id, time]) => ({ id, time })));
  const changes = new Map<string, (from: number, to: number) => boolean>();
  const wasChanged = (stream: StreamFile, from: number, to: number): boolean => {
    let changed = changes.get(stream.id);
    if (changed === undefined) {
      changed = indexIntervals(changesOf(stream, file.header.capabilities.atomic));
      changes.set(stream.id, changed);
    }
    return changed(from, to);
  };
  return {
    ranks,
    direction: 1,
    missing: (seen, from, to) =>
      file.header.seeded
        .map((stream) => stream.id)
        .filter((id) => {
          const stream = file.streams.get(id);
          return seen[ranks.get(id) as number] === 0 && stream !== undefined && !wasChanged(stream, from, to);
        }),
    streamOf: (row) => row,
  };
}

/**
 * When a section may have changed the stream: from its entry until withLock had settled, and for ever after when
 * its commit was not confirmed. What was rolled back changed nothing, unless the adapter is not atomic.
 */
function changesOf({ sections }: StreamFile, atomic: boolean): Interval[] {
  return sections
    .filter((section) => mayHaveChanged(section, atomic))
    .map(({ attempts, settled, outcome }) => ({
      from: attempts[0]?.enter ?? 0,
      to: outcome === 'committed' || outcome === 'aborted' ? settled : Infinity,
    }));
}

function mayHaveChanged({ attempts, outcome, executions }: Section, atomic: boolean): boolean {
  if (atomic && outcome !== 'committed')
    return executions.some((execution) => execution.fate === 'committed');
  return outcome === 'unknown' || attempts.some((attempt) => attempt.wrote);
}

/** Events never change; each is there once its section was over, its effect was answered, or a scan had shown it. */
export function listedActivity(file: CaseFile, scans: readonly HistoryEntry[]): ListedUniverse {
  const { events } = file.storage;
  const ranks = rankRows([...events.values()].map(({ id, timestamp }) => ({ id, time: timestamp })));
  const since = new Float64Array(ranks.size).fill(Infinity);
  const note = (id: string, time: number): void => {
    const rank = ranks.get(id);
    if (rank !== undefined && time < (since[rank] as number)) since[rank] = time;
  };
  for (const effect of file.effects) {
    for (const { event } of effect.events) {
      // A commit that was not confirmed may have come after withLock had settled.
      for (const { section } of effect.executions)
        if (section.outcome === 'committed') note(event.id, section.settled);
      for (const claim of effect.claims) note(event.id, claim.return);
    }
  }
  for (const scan of scans) for (const id of scan.result?.ids ?? []) note(id, scan.return as number);
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
    streamOf: (row) => events.get(row)?.streamId,
  };
}
