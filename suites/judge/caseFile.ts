/** The evidence, indexed once: by stream, by token, by effect. Every rule reads this. */
import type { StreamRecord } from '../../adapters/contract/index.ts';
import {
  EXPORT_FUNCTIONS,
  STREAM_FUNCTIONS,
  type Evidence,
  type EvidenceHeader,
  type HistoryEntry,
  type Journal,
  type Strike,
} from '../../scenarios/evidence.ts';
import { collectEffects, type Effect } from './effectTable.ts';
import { whatIsMissing, type Gaps } from './gaps.ts';
import { indexJournals, type Execution, type JournalIndex, type Section } from './sections.ts';
import { indexAudits, type Storage } from './storage.ts';
import { turnsIn, type Turn } from './turns.ts';

export interface CaseFile {
  readonly header: EvidenceHeader;
  readonly gaps: Gaps;
  readonly journal: JournalIndex;
  readonly storage: Storage;
  /** Streams that were seeded, asked for, locked or stored. */
  readonly streams: ReadonlyMap<string, StreamFile>;
  readonly tokens: ReadonlyMap<string, TokenFile>;
  readonly effects: readonly Effect[];
  /** Requests for streams. */
  readonly requests: readonly HistoryEntry[];
  readonly scans: readonly HistoryEntry[];
  /** Requests for export jobs. */
  readonly exportRequests: readonly HistoryEntry[];
  /** Of the workers of all services. */
  readonly turns: readonly Turn[];
  readonly strikes: readonly Strike[];
  readonly journals: readonly Journal[];
}

export interface StreamFile {
  readonly id: string;
  readonly seeded: StreamRecord | undefined;
  readonly requests: HistoryEntry[];
  readonly sections: Section[];
  readonly effects: Effect[];
}

/** Everything about one idempotency token. */
export interface TokenFile {
  readonly token: string;
  readonly requests: HistoryEntry[];
  readonly executions: Execution[];
}

export function openCase(evidence: Evidence): CaseFile {
  const { header, history, strikes = [] } = evidence;
  const requests = history.filter((entry) => isOneOf(STREAM_FUNCTIONS, entry));
  const scans = history.filter((entry) => entry.f === 'scan');
  const journal = indexJournals(evidence.journals);
  const storage = indexAudits(evidence.audits, knownOperations(journal, requests));
  const gaps = whatIsMissing(evidence);
  const tokens = byToken(requests, journal.executions);
  const effects = collectEffects({
    atomic: header.capabilities.atomic,
    gaps,
    journal,
    storage,
    requests,
    tokens,
  });
  const streams = byStream(header, requests, journal, effects);
  const exportRequests = history.filter((entry) => isOneOf(EXPORT_FUNCTIONS, entry));
  const turns = turnsIn(evidence.journals);
  return {
    header,
    gaps,
    journal,
    storage,
    streams,
    tokens,
    effects,
    requests,
    scans,
    exportRequests,
    turns,
    strikes,
    journals: evidence.journals,
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

function byStream(
  header: EvidenceHeader,
  requests: readonly HistoryEntry[],
  journal: JournalIndex,
  effects: readonly Effect[],
): Map<string, StreamFile> {
  const streams = new Map<string, StreamFile>();
  const fileOf = (id: string, seeded?: StreamRecord): StreamFile => {
    let file = streams.get(id);
    if (file === undefined) {
      file = { id, seeded, requests: [], sections: [], effects: [] };
      streams.set(id, file);
    }
    return file;
  };
  for (const stream of header.seeded) fileOf(stream.id, stream);
  for (const request of requests) fileOf(request.key).requests.push(request);
  for (const section of journal.sections) fileOf(section.stream).sections.push(section);
  for (const effect of effects) fileOf(effect.stream).effects.push(effect);
  return streams;
}

function byToken(
  requests: readonly HistoryEntry[],
  executions: readonly Execution[],
): Map<string, TokenFile> {
  const tokens = new Map<string, TokenFile>();
  const fileOf = (token: string): TokenFile => {
    let file = tokens.get(token);
    if (file === undefined) {
      file = { token, requests: [], executions: [] };
      tokens.set(token, file);
    }
    return file;
  };
  for (const request of requests) {
    if (request.args.token !== undefined) fileOf(request.args.token).requests.push(request);
  }
  for (const execution of executions) {
    if (execution.token !== undefined) fileOf(execution.token).executions.push(execution);
  }
  return tokens;
}
