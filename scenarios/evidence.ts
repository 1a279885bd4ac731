/**
 * Evidence of a scenario: what clients saw (histories), what services saw (journals), what storage held at
 * the end (audits), and under which conditions (environment). The judge decides from this alone.
 *
 * Times are integer nanoseconds since the run's start, from the monotonic clock that all processes of one
 * machine share.
 *
 * On disk, in one folder:
 * - `evidence.json`: EvidenceHeader, with the SHA-256 of itself as last member
 * - `history-<driver>.jsonl`: a HistoryHeader, then one HistoryEntry a line; its `result.body` may be `true`, see
 *   evidence/plainBody.ts
 * - `journal-<service>.jsonl`: a JournalHeader, then a line for each JournalEntry, or for several of one section, see
 *   evidence/sectionLines.ts; `journal-<service>.2.jsonl` of the process that replaced it, and so on
 * - `audit-<reader>.json`: Audit, one record a line
 * - `faults.jsonl`: of a load with faults, one Strike a line
 * - `steps.jsonl`: of a drill, what it went through, see drill/stepFile.ts
 *
 * The last line of each `.jsonl` is an end record, `{"end":{"lines":812,"sha256":"…"}}`: how many lines stand before it,
 * and the SHA-256 of their bytes. Its writer adds it as it ends. Of a process that was killed, or ended by itself, the run
 * adds it, with how the process `ended`. `evidence.json` names every file with these.
 */
import type {
  ActivityEvent,
  Capabilities,
  ExportAuditRecord,
  ExportJob,
  IdempotencyRecord,
  Json,
  StatedIdRule,
  StreamRecord,
  StreamStatus,
  Surface,
} from '../adapters/contract/index.ts';
import type { Workload } from '../adapters/protocol/types.ts';
import type { StrayKind } from './host/beside/beside.ts';
import type { Measured } from './load/measuring/measured.ts';
import type { FaultName } from './faults/catalog.ts';
import type { StrikePoint } from './faults/points.ts';
import type { HistoryEntry } from './evidence/model/history.ts';
import type { Journal } from './evidence/model/journal.ts';
import type { Power } from './evidence/model/power.ts';

export const EVIDENCE_VERSION = 4;
/** The version of the previous release, in which a line held exactly one journal entry. It can still be read. */
export const EARLIER_EVIDENCE_VERSION = 3;

export interface Evidence {
  readonly header: EvidenceHeader;
  readonly history: readonly HistoryEntry[];
  readonly journals: readonly Journal[];
  readonly audits: readonly Audit[];
  /** In the order in which they struck. Absent: the load had no faults. */
  readonly strikes?: readonly Strike[];
  /** What was tolerated while reading: lines that were cut off because their writer ended. */
  readonly notes?: readonly string[];
  /** Files that are missing or end too early. Such evidence cannot be judged. Never empty. */
  readonly cut?: readonly string[];
}

export type AuditList = Exclude<keyof Audit, 'reader'>;

/**
 * The places of a part's lines in the whole evidence: numbers that increase along the histories, then along the
 * journals, then along the audits. Indices refer to the part's own arrays.
 */
export interface Places {
  /** The place of a seeded stream. */
  seeded(index: number): number;
  history(index: number): number;
  journal(journal: number, index: number): number;
  row(audit: number, list: AuditList, index: number): number;
}

/**
 * Evidence of some streams: everything that was requested, done and stored for them, and everything else under the
 * same tokens and operation ids. Its header names no other seeded streams and exports.
 */
export interface EvidencePart extends Evidence {
  readonly places: Places;
}

/** What `evidence.json` says about one file. */
export interface EvidenceFile {
  readonly name: string;
  /** The SHA-256 in the file's end record; absent if it has none. For an audit: that of the whole file. */
  readonly sha256?: string;
  /** The number of lines before the end record. */
  readonly lines?: number;
  /** How its writer ended, if it ended before it could write the end record. */
  readonly ended?: string;
}

export interface EvidenceHeader {
  readonly version: typeof EVIDENCE_VERSION | typeof EARLIER_EVIDENCE_VERSION;
  readonly target: { readonly name: string; readonly version: string };
  readonly surfaces: readonly Surface[];
  readonly capabilities: Capabilities;
  /** The ids that the adapter accepts. Absent: it does not limit them. */
  readonly ids?: StatedIdRule;
  readonly workload: Workload;
  readonly mix: string;
  readonly seed: number;
  /** The numbers of service processes and driver processes. */
  readonly services: number;
  readonly drivers: number;
  /** The streams as they were created: first those that existed before the load, then those of `provided`. */
  readonly seeded: readonly StreamRecord[];
  /** How many of them, counted from the end, were created during the load. Absent: none. */
  readonly provided?: ProvidedStreams;
  /** Ids of the export jobs that every service created before the load. */
  readonly seededExports: readonly string[];
  /** The power that the mix must reach for an `ok` to count. */
  readonly minimums: Power;
  /** How often each fault was to strike. Absent: no faults were requested. */
  readonly faults?: Readonly<Partial<Record<FaultName, number>>>;
  /** When the authority moved from one storage to another. Absent: never. */
  readonly handOvers?: readonly HandOverTime[];
  readonly environment: Readonly<Record<string, Json>>;
  /** The options of the run, with defaults filled in. */
  readonly options: Readonly<Record<string, Json>>;
  /** The start of the run as an ISO time, for readers. */
  readonly startedAt: string;
  /** From the first request to the last answer, in ns since the run's start. */
  readonly loadFrom: number;
  readonly loadTo: number;
  /**
   * Which part of the load the figures describe, and what drove it. Absent: all of it; an older version recorded the
   * load.
   */
  readonly measured?: Measured;
  /** Why the run ended before all operations were done. Absent: it did not. */
  readonly interrupted?: string;
  /** Why the storage could not be read and written at the end, although no fault of the load had stopped it. */
  readonly storageFailure?: string;
  /** Errors outside any call that are in no journal: those of processes without a journal, and services that ended. */
  readonly beside?: readonly BesideEntry[];
  /** All other files. Empty while the load is running. */
  readonly files: readonly EvidenceFile[];
}

/**
 * Streams of a load whose plan uses streams up. On disk they are not part of `seeded`. They follow the same rule and
 * continue its numbers, and they take these statuses in turn. See scenarios/load/run/streams.ts.
 */
export interface ProvidedStreams {
  readonly count: number;
  readonly statuses: readonly StreamStatus[];
}

/** An error that reached a process of the run outside any call, or the end of a process that lockstep did not cause. */
export interface BesideEntry {
  /** `service 2`, `the auditing process`. */
  readonly where: string;
  readonly kind: StrayKind;
  /** The message, and where the error was thrown if that is known. */
  readonly text: string;
  readonly stack?: string;
}

/** A fault that struck a service or the storage, or that was meant to. Times are in nanoseconds, as above. */
export interface Strike {
  /** The strike's number in the plan, from 1. */
  readonly number: number;
  readonly fault: FaultName;
  readonly point: StrikePoint;
  readonly service: number;
  /** The stream of the section that was struck. Absent: no section reached the point. */
  readonly stream?: string;
  /** When the fault took effect. Absent: it did not. */
  readonly at?: number;
  /** When the fault was over: healed, thawed, restarted or replaced. Absent: the fault is momentary. */
  readonly until?: number;
  /** The proof that the fault took effect. */
  readonly proof?: string;
  /** Why the fault did not take effect. */
  readonly missed?: string;
  /**
   * The services through which a section of the stream was requested afterwards, and when the first one began. Null:
   * none began in time.
   */
  readonly usable: readonly { readonly service: number; readonly at: number | null }[];
  /** Services that ended although nobody killed them. */
  readonly ended: readonly { readonly service: number; readonly how: string }[];
}

/**
 * The span in which the authority moved, in ns since the run's start. Which side decided at a given moment of it is
 * unknown.
 */
export interface HandOverTime {
  readonly from: number;
  readonly to: number;
}

/**
 * Who read the storage. A number: that service. `fresh`: a new process. `old` and `new`, in a move: a reader of that
 * side only.
 */
export type Reader = number | 'fresh' | 'old' | 'new';

/** Everything that storage holds, as one reader sees it after the load. */
export interface Audit {
  readonly reader: Reader;
  readonly streams: readonly StreamRecord[];
  readonly activity: readonly ActivityEvent[];
  readonly idempotency: readonly IdempotencyRecord[];
  readonly exports: readonly ExportJob[];
  readonly exportAudit: readonly ExportAuditRecord[];
}
