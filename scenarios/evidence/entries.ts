/** Checks the shapes of lines of evidence as they are read, with the texts that the checks share. */
import type { EvidenceHeader } from '../evidence.ts';
import type { JournalEntry } from './model/journal.ts';
import type { HistoryEntry } from './model/history.ts';
import { evidenceError } from './evidenceError.ts';
import { historyProblem, journalProblem } from './evidenceShape.ts';
import { plainBodyOf } from './plainBody.ts';
import { forEachEntry, type JournalLine } from './sectionLines.ts';
import { shareFields, type Share } from './share.ts';

/** The place of a line, for errors. */
export interface LinePlace {
  readonly name: string;
  readonly line: number;
}

/** Throws EVIDENCE_MALFORMED. */
export function historyEntry(
  value: unknown,
  { services }: EvidenceHeader,
  { name, line }: LinePlace,
  share: Share | undefined,
): HistoryEntry {
  const problem = historyProblem(value);
  if (problem !== undefined) throw evidenceError('EVIDENCE_MALFORMED', name, problem, { line });
  const entry = value as HistoryEntry;
  const result = entry.result as { body?: string | true } | undefined;
  if (result?.body === true) {
    const body = plainBodyOf(entry);
    if (body === undefined)
      throw evidenceError(
        'EVIDENCE_MALFORMED',
        name,
        'Expected "result.body" to be a string, got true, and the other fields make no body',
        { line },
      );
    result.body = body;
  }
  if (entry.service > services)
    throw evidenceError(
      'EVIDENCE_MALFORMED',
      name,
      `Expected "service" to be at most ${services}, got ${entry.service}`,
      { line },
    );
  shareFields(share, entry, ['key']);
  shareFields(share, entry.args, ['token', 'fingerprint']);
  shareFields(share, entry.result, ['operationId', 'body']);
  return entry;
}

/** Calls `take` with each entry of a line of a journal. Throws EVIDENCE_MALFORMED. */
export function journalEntries(
  value: unknown,
  { name, line }: LinePlace,
  share: Share | undefined,
  take: (entry: JournalEntry) => void,
): void {
  const problem = journalProblem(value);
  if (problem !== undefined) throw evidenceError('EVIDENCE_MALFORMED', name, problem, { line });
  shareFields(share, value, ['stream', 'token', 'operationId', 'job']);
  forEachEntry(value as JournalLine, take);
}

/** Throws EVIDENCE_MALFORMED or EVIDENCE_VERSION for what is no header of a history of the load. */
export function checkHistoryHeader(first: unknown, { workload }: EvidenceHeader, name: string): void {
  const { format, model, version } = objectOf(first, name);
  if (format !== 'lockstep-history' || model !== `stream-${workload}`)
    throw evidenceError(
      'EVIDENCE_MALFORMED',
      name,
      `Expected the header of a history of stream-${workload}`,
      { line: 1 },
    );
  checkVersion(version, name);
}

/** Throws EVIDENCE_MALFORMED or EVIDENCE_VERSION unless it is the header of a journal. */
export function journalHeader(
  first: unknown,
  name: string,
): { readonly service: number; readonly pid: number } {
  const { format, service, pid, version } = objectOf(first, name);
  const own = Number(/\d+/.exec(name)?.[0]);
  if (format !== 'lockstep-journal' || service !== own || !Number.isSafeInteger(pid))
    throw evidenceError('EVIDENCE_MALFORMED', name, `Expected the header of a journal of service ${own}`, {
      line: 1,
    });
  checkVersion(version, name);
  return { service: own, pid: pid as number };
}

function objectOf(first: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof first === 'object' && first !== null) return first as Record<string, unknown>;
  throw evidenceError('EVIDENCE_MALFORMED', name, 'Expected a header', { line: 1 });
}

function checkVersion(version: unknown, name: string): void {
  if (version === 1) return;
  throw evidenceError(
    'EVIDENCE_VERSION',
    name,
    `Expected version 1, got ${JSON.stringify(version) ?? 'none'}`,
  );
}
