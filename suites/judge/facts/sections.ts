/** Turns journals into sections: what each call of withLock did, and which executions it committed. */
import type { EvidenceHeader, Places } from '../../../scenarios/evidence.ts';
import type { Journal, JournalEntry } from '../../../scenarios/evidence/model/journal.ts';

/** One run of a callback. */
export interface Attempt {
  readonly number: number;
  readonly enter: number;
  /** The view's fence. Absent: the view has none. */
  readonly fence: string | undefined;
  /** When the first protected read had returned. */
  read?: number;
  /** When the callback ended, before the commit. Absent: the process was lost inside. */
  leave?: number;
  wrote: boolean;
}

/** One call of withLock that reached its callback. */
export interface JournalSection {
  /** The place of its first line in the whole evidence. */
  readonly place: number;
  readonly service: number;
  readonly stream: string;
  /** When withLock was called. Absent: that was not journaled. */
  readonly wait: number | undefined;
  /** The token of its request, if it has one. */
  readonly token: string | undefined;
  readonly attempts: Attempt[];
  outcome: 'committed' | 'aborted' | 'unknown';
  /** When withLock settled. Infinity: never. */
  settled: number;
  executions: Execution[];
}

/** A request that was executed, not replayed. */
export interface Execution {
  /** The place of its line in the whole evidence. */
  readonly place: number;
  readonly section: JournalSection;
  readonly attempt: number;
  readonly at: number;
  readonly f: string;
  readonly token: string | undefined;
  readonly operationId: string;
  readonly revision: number;
  /** What the journal says of its writes. `unsettled`: its section's outcome is unknown. See committedIn. */
  fate: 'committed' | 'discarded' | 'unsettled';
}

export interface Payout {
  readonly place: number;
  readonly service: number;
  readonly at: number;
  readonly stream: string;
  readonly operationId: string;
  readonly amount: string;
}

export interface JournalIndex {
  readonly sections: readonly JournalSection[];
  readonly executions: readonly Execution[];
  readonly payouts: readonly Payout[];
}

const NO_EXECUTIONS: Execution[] = [];

export function indexJournals(journals: readonly Journal[], places: Pick<Places, 'journal'>): JournalIndex {
  const index = { sections: [] as JournalSection[], executions: [] as Execution[], payouts: [] as Payout[] };
  for (const [number, journal] of journals.entries()) {
    // Every process numbers its sections from the start, including one that replaces a service.
    const process: Process = { service: journal.service, waits: new Map(), open: new Map() };
    journal.entries.forEach((entry, line) => {
      readEntry(index, process, entry, places.journal(number, line));
    });
  }
  for (const execution of index.executions) execution.fate = fateOf(execution);
  return index;
}

interface Process {
  readonly service: number;
  /** By section, until it is entered. */
  readonly waits: Map<number, Extract<JournalEntry, { type: 'wait' }>>;
  readonly open: Map<number, JournalSection>;
}

function readEntry(
  index: { sections: JournalSection[]; executions: Execution[]; payouts: Payout[] },
  { service, waits, open }: Process,
  entry: JournalEntry,
  place: number,
): void {
  switch (entry.type) {
    case 'wait':
      waits.set(entry.section, entry);
      return;
    case 'payout':
      index.payouts.push({ place, service, ...entry });
      return;
    case 'enter': {
      const attempt: Attempt = { number: entry.attempt, enter: entry.at, fence: entry.fence, wrote: false };
      const section = open.get(entry.section);
      if (section !== undefined) {
        section.attempts.push(attempt);
        return;
      }
      const waited = waits.get(entry.section);
      const started: JournalSection = {
        place,
        service,
        stream: entry.stream,
        wait: waited?.at,
        token: waited?.token,
        attempts: [attempt],
        outcome: 'unknown',
        settled: Infinity,
        executions: NO_EXECUTIONS,
      };
      waits.delete(entry.section);
      open.set(entry.section, started);
      index.sections.push(started);
      return;
    }
    case 'read':
    case 'leave':
    case 'settle':
    case 'execute': {
      const section = open.get(entry.section);
      if (section !== undefined) advance(index.executions, section, entry, place);
      return;
    }
    case 'answer':
    case 'workCall':
    case 'workReturn':
    case 'stray':
    case 'leak':
      return;
    default:
      entry satisfies never;
  }
}

function advance(
  executions: Execution[],
  section: JournalSection,
  entry: Extract<JournalEntry, { type: 'read' | 'leave' | 'settle' | 'execute' }>,
  place: number,
): void {
  if (entry.type === 'settle') {
    section.outcome = entry.outcome;
    section.settled = entry.at;
    return;
  }
  if (entry.type === 'execute') {
    const { attempt, at, f, token, operationId, revision } = entry;
    const fate = 'unsettled';
    const execution: Execution = { place, section, attempt, at, f, token, operationId, revision, fate };
    if (section.executions === NO_EXECUTIONS) section.executions = [execution];
    else section.executions.push(execution);
    executions.push(execution);
    return;
  }
  const attempt = section.attempts.find((one) => one.number === entry.attempt);
  if (attempt === undefined) return;
  if (entry.type === 'read') {
    attempt.read ??= entry.at;
    return;
  }
  attempt.leave = entry.at;
  attempt.wrote = entry.wrote;
}

/** What the journal alone says. `unsettled` is decided by the audit. */
function fateOf(execution: Execution): Execution['fate'] {
  const { section } = execution;
  // Only the last run of a callback can commit; what earlier runs did was rolled back.
  if (section.outcome === 'aborted' || execution.attempt !== section.attempts.at(-1)?.number)
    return 'discarded';
  return section.outcome === 'committed' ? 'committed' : 'unsettled';
}

/** The run of the callback that `execution` belongs to. */
export function attemptOf(execution: Execution): Attempt | undefined {
  return execution.section.attempts.find((one) => one.number === execution.attempt);
}

/** The executions that took effect. Without atomicity nothing is rolled back, so every execution counts. */
export function countedExecutions(
  executions: readonly Execution[],
  {
    committed,
    header,
  }: { readonly committed: ReadonlySet<Execution>; readonly header: Pick<EvidenceHeader, 'capabilities'> },
): readonly Execution[] {
  return header.capabilities.atomic ? executions.filter((one) => committed.has(one)) : executions;
}
