/** The evidence, indexed once: by stream, by token, by effect. Every rule reads this. */
import type { StreamRecord } from '../../../adapters/contract/index.ts';
import { idOfRule, type IdOf } from '../../../adapters/contract/rules/ids.ts';
import type { EvidencePart, EvidenceHeader, Places, Strike } from '../../../scenarios/evidence.ts';
import type { Journal } from '../../../scenarios/evidence/model/journal.ts';
import {
  EXPORT_FUNCTIONS,
  STREAM_FUNCTIONS,
  type HistoryEntry,
} from '../../../scenarios/evidence/model/history.ts';
import { committedIn } from './committed.ts';
import { collectEffects, type Effect } from './effectTable.ts';
import type { Gaps } from './gaps.ts';
import { rankOf } from '../places.ts';
import { indexJournals, type Execution, type JournalIndex, type JournalSection } from './sections.ts';
import { indexAudits, type Storage } from './storage.ts';
import { byToken, type TokenFile } from './tokenFile.ts';
import { turnsIn, type Turn } from './turns.ts';

export interface CaseFile {
  readonly header: EvidenceHeader;
  readonly gaps: Gaps;
  /** Makes ids from names, like the services did. */
  readonly idOf: IdOf;
  readonly journal: JournalIndex;
  readonly storage: Storage;
  /** Executions that took effect. */
  readonly committed: ReadonlySet<Execution>;
  /** Streams that were seeded, requested, locked or stored. */
  readonly streams: ReadonlyMap<string, StreamFile>;
  readonly tokens: ReadonlyMap<string, TokenFile>;
  readonly effects: readonly Effect[];
  /** Requests for streams. */
  readonly requests: readonly HistoryEntry[];
  /** Their places in the whole evidence. */
  readonly requestPlaces: readonly number[];
  readonly scans: readonly HistoryEntry[];
  /** Requests for export jobs. */
  readonly exportRequests: readonly HistoryEntry[];
  /** The turns of the workers of all services. */
  readonly turns: readonly Turn[];
  readonly strikes: readonly Strike[];
  readonly journals: readonly Journal[];
  readonly places: Places;
}

export interface StreamFile {
  /** The rank of the first evidence about it in the whole. */
  readonly rank: number;
  readonly id: string;
  readonly seeded: StreamRecord | undefined;
  readonly requests: HistoryEntry[];
  readonly sections: JournalSection[];
  readonly effects: Effect[];
}

/** `gaps`: what is missing from the whole evidence, of which this is a part. */
export function openCase(part: EvidencePart, gaps: Gaps): CaseFile {
  const { header, history, strikes = [], places, journals } = part;
  const requests: HistoryEntry[] = [];
  const requestPlaces: number[] = [];
  history.forEach((entry, index) => {
    if (!isOneOf(STREAM_FUNCTIONS, entry)) return;
    requests.push(entry);
    requestPlaces.push(places.history(index));
  });
  const journal = indexJournals(journals, places);
  const storage = indexAudits(part.audits, places, knownOperations(journal, requests));
  const tokens = byToken(requests, requestPlaces, journal.executions);
  const { atomic } = header.capabilities;
  const committed = committedIn({ atomic, gaps, journal, storage });
  const effects = collectEffects({ committed, storage, requests, requestPlaces, tokens });
  return {
    header,
    gaps,
    idOf: idOfRule(header.ids ?? null),
    journal,
    storage,
    committed,
    streams: byStream({ header, places, requests, requestPlaces, journal, effects }),
    tokens,
    effects,
    requests,
    requestPlaces,
    scans: history.filter((entry) => entry.f === 'scan'),
    exportRequests: history.filter((entry) => isOneOf(EXPORT_FUNCTIONS, entry)),
    turns: turnsIn(journals),
    strikes,
    journals,
    places,
  };
}

function isOneOf(functions: readonly HistoryEntry['f'][], { f }: HistoryEntry): boolean {
  return functions.includes(f);
}

function knownOperations(journal: JournalIndex, requests: readonly HistoryEntry[]): Set<string> {
  const known = new Set(journal.executions.map((execution) => execution.operationId));
  for (const { result } of requests) if (result?.operationId !== undefined) known.add(result.operationId);
  return known;
}

interface StreamSources extends Pick<
  CaseFile,
  'header' | 'places' | 'requests' | 'requestPlaces' | 'journal' | 'effects'
> {}

function byStream(sources: StreamSources): Map<string, StreamFile> {
  const { header, places, requests, requestPlaces, journal, effects } = sources;
  const streams = new Map<string, StreamFile>();
  const fileOf = (id: string, rank: number, seeded?: StreamRecord): StreamFile => {
    let file = streams.get(id);
    if (file === undefined) {
      file = { id, rank, seeded, requests: [], sections: [], effects: [] };
      streams.set(id, file);
    }
    return file;
  };
  header.seeded.forEach((stream, index) => fileOf(stream.id, places.seeded(index), stream));
  requests.forEach((request, index) => {
    fileOf(request.key, rankOf(1, requestPlaces[index] as number)).requests.push(request);
  });
  for (const section of journal.sections)
    fileOf(section.stream, rankOf(2, section.place)).sections.push(section);
  for (const effect of effects) fileOf(effect.stream, rankOf(3, effect.rank)).effects.push(effect);
  return streams;
}
