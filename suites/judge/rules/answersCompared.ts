/**
 * Whether clients and services report the same answers. The adapter cannot affect this: a service sends the answer
 * that it journaled, byte for byte. If they differ, the evidence was changed or is incomplete.
 */
import type { Evidence, EvidenceHeader } from '../../../scenarios/evidence.ts';
import type { JournalEntry } from '../../../scenarios/evidence/model/journal.ts';
import type { HistoryEntry } from '../../../scenarios/evidence/model/history.ts';
import { STREAM_FUNCTIONS } from '../../../scenarios/evidence/model/history.ts';
import { formatCount, plural } from '../../counts.ts';
import { groupBy } from '../groupBy.ts';

/** Clients wait longer than this, so an answer that was written by then arrives. */
const ARRIVES_NS = 9e9;
/** If more than this share of the answers reached no client, that is not chance. */
const MAX_LOST = 0.01;

/** One answer to a request with a token, as its service journaled it. */
interface Journaled {
  readonly service: number;
  readonly stream: string;
  readonly token: string;
  /** When the request asked for its section, and when it was answered. */
  readonly wait: number;
  readonly at: number;
  readonly status: number;
}

/** How many answers of a part have no counterpart. */
export interface ComparedPart {
  /** Of services. */
  readonly answers: number;
  /**
   * Answers of clients that are in no journal, answers of services to requests that are in no history, and lost
   * answers.
   */
  readonly untold: number;
  readonly unheard: number;
  readonly lost: number;
}

export function compareAnswers({ history, journals }: Pick<Evidence, 'history' | 'journals'>): ComparedPart {
  const answers = journals.flatMap(({ service, entries }) => answersOf(service, entries));
  const requests = history.filter(
    ({ f, args }) => args.token !== undefined && (STREAM_FUNCTIONS as readonly string[]).includes(f),
  );
  const sent = groupBy(requests, ({ args }) => args.token);
  const given = groupBy(answers, ({ token }) => token);
  return {
    answers: answers.length,
    untold: requests.filter((request) => isUntold(request, given)).length,
    unheard: answers.filter((answer) => candidates(answer, sent).length === 0).length,
    lost: answers.filter((answer) => isLost(answer, sent)).length,
  };
}

/** What has no counterpart in any part, as the middle of a sentence; undefined: nothing. */
export function disagreementOf(parts: readonly ComparedPart[], header: EvidenceHeader): string | undefined {
  // Anything may be missing from an interrupted run.
  if (header.interrupted !== undefined) return undefined;
  const sum = (name: keyof ComparedPart): number => parts.reduce((all, part) => all + part[name], 0);
  const [answers, untold, unheard, lost] = [sum('answers'), sum('untold'), sum('unheard'), sum('lost')];
  if (untold > 0) return `${plural(untold, 'answer')} in the clients' histories are in no service's journal`;
  if (unheard > 0)
    return `${plural(unheard, 'answer')} in the services' journals belong to requests that are in no history`;
  // A fault may cut off a client that is about to get an answer.
  if (header.faults !== undefined || header.environment['lostServices'] !== undefined) return undefined;
  if (lost <= MAX_LOST * answers) return undefined;
  return `${formatCount(lost)} of ${plural(answers, 'answer')} in the services' journals were lost on the way, according to the clients' histories`;
}

function answersOf(service: number, entries: readonly JournalEntry[]): Journaled[] {
  const waits = new Map<number, Extract<JournalEntry, { type: 'wait' }>>();
  const answers: Journaled[] = [];
  for (const entry of entries) {
    if (entry.type === 'wait') waits.set(entry.section, entry);
    if (entry.type !== 'answer') continue;
    const { token, stream, at: wait } = waits.get(entry.section) ?? {};
    if (token === undefined || stream === undefined || wait === undefined) continue;
    answers.push({ service, stream, token, wait, at: entry.at, status: entry.status });
  }
  return answers;
}

/** Whether a client got an answer that is in no journal. */
function isUntold(
  request: HistoryEntry,
  given: ReadonlyMap<string | undefined, readonly Journaled[]>,
): boolean {
  const { service, key, args, call, return: end, outcome, result } = request;
  if (end === null || outcome !== 'ok') return false;
  const answers = given.get(args.token) ?? [];
  return !answers.some(
    (answer) =>
      answer.service === service &&
      answer.stream === key &&
      call <= answer.wait &&
      answer.at <= end &&
      answer.status === result?.status,
  );
}

/** Requests that may have got the answer. */
function candidates(
  { service, stream, token, wait, at, status }: Journaled,
  sent: ReadonlyMap<string | undefined, readonly HistoryEntry[]>,
): HistoryEntry[] {
  const requests = sent.get(token) ?? [];
  return requests.filter(
    ({ service: asked, key, call, return: end, result }) =>
      asked === service &&
      key === stream &&
      call <= wait &&
      (end === null || (end >= at && result?.status === status)),
  );
}

function isLost(answer: Journaled, sent: ReadonlyMap<string | undefined, readonly HistoryEntry[]>): boolean {
  return candidates(answer, sent).every(
    ({ call, return: end }) => end === null && answer.at - call < ARRIVES_NS,
  );
}
