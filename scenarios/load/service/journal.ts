/**
 * What a service process saw, on disk before anybody else can know of it: a SIGKILL loses nothing that storage or a client
 * has seen.
 *
 * | entry                              | is on disk                  | because                                                    |
 * | ---------------------------------- | --------------------------- | ---------------------------------------------------------- |
 * | `wait`, `enter`, `read`, `execute` | with `leave`                | nobody sees what a section did before it commits           |
 * |                                    | or at once: not atomic      | its writes are seen as soon as they are made               |
 * |                                    | or at once: under faults    | where it was when it was struck is what the load is about  |
 * | `leave`                            | before the callback returns | an effect that no service executed would accuse            |
 * | `settle`                           | with `payout` or `answer`   | without it storage tells what became of the section        |
 * | `payout`                           | before its event is stored  | a promise that is marked as paid is not paid again         |
 * | `answer`                           | before it is sent           | an answer that no service gave is held for forged          |
 * | `workCall`, `workReturn`           | at once                     | other workers see each call                                |
 * | `stray`, `leak`                    | at once                     | the process may be about to end                            |
 *
 * Payouts and answers of requests that are under way at once share a write. What is only kept is written when the process
 * ends by itself, before the run is told that a request has got somewhere, and after a while.
 */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { SectionHooks } from '../../../adapters/protocol/types.ts';
import type { WorkHooks } from '../../../adapters/protocol/work.ts';
import type { JournalEntry, JournalHeader } from '../../evidence/model/journal.ts';
import { asText } from '../../evidence/asText.ts';
import { openEvidence, type EvidenceStream, type OnUnwritten } from '../../evidence/evidenceStream.ts';
import { SectionLines } from '../../evidence/sectionLines.ts';

/** Integer nanoseconds since the run's start. */
export type RunClock = () => number;

/** The run's clock, from the machine's monotonic clock, which all processes share. */
export function runClock(epoch: bigint): RunClock {
  return () => Number(process.hrtime.bigint() - epoch);
}

export interface JournalWriter {
  readonly now: RunClock;
  /** When it returns, the entry is on disk. */
  readonly write: (entry: JournalEntry) => void;
  /**
   * Resolves when the added entries are on disk, together with those that others add in the same turn. Rejects with
   * EVIDENCE_UNWRITTEN.
   */
  readonly written: () => Promise<void>;
  /** When it returns, the added entries are on disk; with `kept`, also those that are only kept. */
  readonly flush: (kept?: 'kept') => void;
  /** Begins the entries of a new section. */
  readonly section: () => JournaledSection;
  /** The number for the next turn of a worker. Unique in this service. */
  readonly nextTurn: () => number;
  /** Writes the end record. Idempotent. Later entries are dropped. */
  readonly close: () => void;
}

/** The entries of one section. */
interface JournaledSection {
  /** Unique in this service. */
  readonly number: number;
  /** Keeps the entry, or adds the line that it completes to the next write. */
  readonly add: (entry: JournalEntry) => void;
}

/**
 * Entries of a section are kept for at most twice this, in milliseconds, so that a section that hangs shows in the
 * journal.
 */
const KEPT_MS = 250;

/** Starts a service's journal in `path`. `onUnwritten` is called when nothing can be written any more. */
export function openJournal(
  path: string,
  service: number,
  now: RunClock,
  onUnwritten?: OnUnwritten,
): JournalWriter {
  const stream = openEvidence(path, {
    collect: Infinity,
    ...(onUnwritten === undefined ? {} : { onUnwritten }),
  });
  const header: JournalHeader = { format: 'lockstep-journal', version: 1, service, pid: process.pid };
  const write = (line: object): void => {
    stream.add(line);
    stream.flush();
  };
  write(header);
  const { section, writeKept, stop } = keepSections(stream);
  let turn = 0;
  return {
    now,
    write,
    written: shareWrites(stream),
    flush(also) {
      if (also === 'kept') writeKept();
      stream.flush();
    },
    section,
    nextTurn: () => (turn += 1),
    close() {
      stop();
      stream.close();
    },
  };
}

interface KeptSections extends Pick<JournalWriter, 'section'> {
  /** Adds the kept entries to the stream. */
  readonly writeKept: () => void;
  /** Stops the timer, and adds the kept entries for the last time. */
  readonly stop: () => void;
}

function keepSections(stream: EvidenceStream): KeptSections {
  let kept = new Set<SectionLines>();
  /** The sections that the timer has seen once. */
  let older = new Set<SectionLines>();
  let sections = 0;
  let timer: NodeJS.Timeout | undefined;
  const add = (sectionLines: Set<SectionLines>): void => {
    for (const lines of sectionLines) stream.addLines(lines.rest());
    sectionLines.clear();
  };
  const writeKept = (): void => {
    add(older);
    add(kept);
  };
  const tried = (write: () => void): void => {
    try {
      write();
      stream.flush();
    } catch {
      // The next write reports the same error as `onUnwritten`.
    }
  };
  const watch = (): void => {
    timer = setTimeout(() => {
      timer = undefined;
      tried(() => add(older));
      [older, kept] = [kept, older];
      if (older.size > 0) watch();
    }, KEPT_MS).unref();
  };
  const section = (): JournaledSection => {
    const lines = new SectionLines();
    return {
      number: (sections += 1),
      add(entry) {
        const text = lines.add(entry);
        if (text !== '') stream.addLines(text);
        if (lines.isEmpty) {
          kept.delete(lines);
          older.delete(lines);
          return;
        }
        if (!older.has(lines)) kept.add(lines);
        if (timer === undefined) watch();
      },
    };
  };
  return {
    section,
    writeKept,
    stop() {
      clearTimeout(timer);
      tried(writeKept);
    },
  };
}

function shareWrites(stream: EvidenceStream): JournalWriter['written'] {
  let writing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    // Runs after everything that is ready now, so that those entries join this write.
    await turnOfTheLoop();
    writing = undefined;
    stream.flush();
  };
  return () => (writing ??= write());
}

/** A revision that no effect has. */
const NO_REVISION = -1;

/** What the journal entries of a request contain besides the section. */
export interface JournaledRequest {
  readonly stream: string;
  readonly f: string;
  readonly token?: string;
}

export interface JournaledSections {
  readonly hooks: SectionHooks;
  /** Call it, and await it, before the event of the payment is appended. */
  readonly paid: (payout: { readonly operationId: string; readonly amount: string }) => Promise<void>;
  /** Call it, and await it, just before the answer is sent. */
  readonly answered: (status: number) => Promise<void>;
}

/**
 * Journals the sections of one request. Call it just before the request takes the lock. `atOnce`: what others may see
 * before the section commits is on disk before the callback continues.
 */
export function journalSections(
  { now, section: newSection, written, flush }: JournalWriter,
  request: JournaledRequest,
  atOnce: boolean,
): JournaledSections {
  const { number: section, add } = newSection();
  const { stream, token } = request;
  const addSeen = (entry: JournalEntry): void => {
    add(entry);
    if (atOnce) flush('kept');
  };
  add({ type: 'wait', at: now(), section, stream, ...(token === undefined ? {} : { token }) });
  const hooks: SectionHooks = {
    entered(attempt, view) {
      const at = now();
      const fence = view.fence === undefined ? {} : { fence: String(view.fence) };
      addSeen({ type: 'enter', at, section, stream, attempt, ...fence });
    },
    read: (attempt) => addSeen({ type: 'read', at: now(), section, attempt }),
    executed: (attempt, { operationId, revision }) =>
      addSeen({
        type: 'execute',
        at: now(),
        section,
        attempt,
        ...request,
        operationId,
        // The revision that the adapter read, plus one. It need not have been a number.
        revision: Number.isSafeInteger(revision) ? revision : NO_REVISION,
      }),
    left(attempt, wrote) {
      add({ type: 'leave', at: now(), section, attempt, wrote });
      flush();
    },
    settled: (outcome) => add({ type: 'settle', at: now(), section, outcome }),
  };
  return {
    hooks,
    paid({ operationId, amount }) {
      add({ type: 'payout', at: now(), stream, operationId, amount });
      return written();
    },
    answered(status) {
      add({ type: 'answer', at: now(), section, status });
      return written();
    },
  };
}

/** Journals the calls of one worker's turn. Its claim lasts `leaseMs` milliseconds. */
export function journalTurn({ now, write, nextTurn }: JournalWriter, leaseMs: number): WorkHooks {
  const turn = nextTurn();
  return {
    called(call, url) {
      const more = call === 'claim' ? { leaseMs } : url === undefined ? {} : { url };
      write({ type: 'workCall', at: now(), turn, call, ...more });
    },
    returned(call, outcome, job) {
      const attempts = typeof job?.attempts === 'number' ? { attempts: job.attempts } : {};
      const given = job === undefined ? {} : { job: asText(job.id), ...attempts };
      write({ type: 'workReturn', at: now(), turn, call, outcome, ...given });
    },
  };
}
