/** What a service process saw, on disk before it goes on: a SIGKILL loses nothing that happened before it. */
import type { SectionHooks } from '../../adapters/protocol/types.ts';
import type { WorkHooks } from '../../adapters/protocol/work.ts';
import type { JournalEntry, JournalHeader } from '../evidence.ts';
import { asText } from './asText.ts';
import { openEvidence, type OnUnwritten } from './evidenceStream.ts';

/** Integer nanoseconds since the run's start. */
export type RunClock = () => number;

/** The run's clock, from the machine's monotonic clock, which all processes share. */
export function runClock(epoch: bigint): RunClock {
  return () => Number(process.hrtime.bigint() - epoch);
}

export interface Journal {
  readonly now: RunClock;
  readonly write: (entry: JournalEntry) => void;
  /** A number for the next section, unique in this service. */
  readonly nextSection: () => number;
  /** A number for the next turn of a worker, unique in this service. */
  readonly nextTurn: () => number;
  /** Writes that this is the end. Idempotent; what is written afterwards is dropped. */
  readonly close: () => void;
}

/** Starts the journal of a service in `path`. `onUnwritten` is told when nothing can be written any more. */
export function openJournal(
  path: string,
  service: number,
  now: RunClock,
  onUnwritten?: OnUnwritten,
): Journal {
  const stream = openEvidence(path, onUnwritten === undefined ? {} : { onUnwritten });
  let section = 0;
  let turn = 0;
  const header: JournalHeader = { format: 'lockstep-journal', version: 1, service, pid: process.pid };
  stream.add(header);
  return {
    now,
    write: (entry) => stream.add(entry),
    nextSection: () => (section += 1),
    nextTurn: () => (turn += 1),
    close: () => stream.close(),
  };
}

/** What no effect has. */
const NO_REVISION = -1;

/** What a request's journal entries name beside the section. */
export interface JournaledRequest {
  readonly stream: string;
  readonly f: string;
  readonly token?: string;
}

export interface JournaledSections {
  readonly hooks: SectionHooks;
  /** Call it as the answer is about to be sent. */
  readonly answered: (status: number) => void;
}

/** Journals the sections of one request. Call it as the request is about to take the lock. */
export function journalSections(journal: Journal, request: JournaledRequest): JournaledSections {
  const { now, write } = journal;
  const section = journal.nextSection();
  const { stream, token } = request;
  write({ type: 'wait', at: now(), section, stream, ...(token === undefined ? {} : { token }) });
  const hooks: SectionHooks = {
    entered(attempt, view) {
      const at = now();
      const fence = view.fence === undefined ? {} : { fence: String(view.fence) };
      write({ type: 'enter', at, section, stream, attempt, ...fence });
    },
    read: (attempt) => write({ type: 'read', at: now(), section, attempt }),
    executed: (attempt, { operationId, revision }) =>
      write({
        type: 'execute',
        at: now(),
        section,
        attempt,
        ...request,
        operationId,
        // One more than what the adapter read, which need not have been a number.
        revision: Number.isSafeInteger(revision) ? revision : NO_REVISION,
      }),
    left: (attempt, wrote) => write({ type: 'leave', at: now(), section, attempt, wrote }),
    settled: (outcome) => write({ type: 'settle', at: now(), section, outcome }),
  };
  return { hooks, answered: (status) => write({ type: 'answer', at: now(), section, status }) };
}

/** Journals the calls of one worker's turn, whose claim lasts `leaseMs` milliseconds. */
export function journalTurn({ now, write, nextTurn }: Journal, leaseMs: number): WorkHooks {
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
