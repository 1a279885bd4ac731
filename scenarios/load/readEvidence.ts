/**
 * Loads evidence from its folder. What was damaged or changed is an error; what was cut off is not, and is named: nobody
 * can judge it.
 */
import { join } from 'node:path';
import type { Audit, Evidence, EvidenceHeader, HistoryEntry, Journal, JournalEntry } from '../evidence.ts';
import { readEvidenceHeader } from './description.ts';
import { parseEnd } from './endRecord.ts';
import { evidenceError, parseLine } from './evidenceError.ts';
import { historyProblem, journalProblem } from './evidenceShape.ts';
import { checkFiles, evidenceNames, namesOf, STRIKES_FILE } from './files.ts';
import { readLines } from './lines.ts';
import { readAudits } from './readAudits.ts';
import { readStrikes } from './strikeFile.ts';
import { createShare, shareFields, type Share } from './share.ts';

/** Errors: EVIDENCE_MISSING, EVIDENCE_VERSION, EVIDENCE_MALFORMED. */
export async function readEvidence(dir: string): Promise<Evidence> {
  const header = await readEvidenceHeader(dir);
  const cut = await checkFiles(dir, header);
  const names = await evidenceNames(dir);
  const notes: string[] = [];
  const share = createShare();
  const history: HistoryEntry[] = [];
  for (const name of namesOf('history', names))
    await readHistory(join(dir, name), name, header, { history, notes, share });
  const journals: Journal[] = [];
  for (const name of namesOf('journal', names))
    journals.push(await readJournal(join(dir, name), name, notes, share));
  const audits: Audit[] = await readAudits(dir, namesOf('audit', names), share);
  const strikes = names.includes(STRIKES_FILE) ? { strikes: await readStrikes(join(dir, STRIKES_FILE)) } : {};
  return {
    header,
    history,
    journals,
    audits,
    ...strikes,
    ...(notes.length === 0 ? {} : { notes }),
    ...(cut.length === 0 ? {} : { cut }),
  };
}

async function readHistory(
  path: string,
  name: string,
  header: EvidenceHeader,
  into: { readonly history: HistoryEntry[]; readonly notes: string[]; readonly share: Share },
): Promise<void> {
  const { history, notes, share } = into;
  const model = `stream-${header.workload}`;
  const checkFirst = (first: Record<string, unknown>): void => {
    if (first['format'] !== 'lockstep-history' || first['model'] !== model)
      throw evidenceError('EVIDENCE_MALFORMED', name, `Expected the header of a history of ${model}`, {
        line: 1,
      });
    checkVersion(first, name);
  };
  await readEntries(path, name, notes, checkFirst, (entry, line) => {
    const problem = historyProblem(entry);
    if (problem !== undefined) throw evidenceError('EVIDENCE_MALFORMED', name, problem, { line });
    const { service } = entry as HistoryEntry;
    if (service > header.services)
      throw evidenceError(
        'EVIDENCE_MALFORMED',
        name,
        `Expected "service" to be at most ${header.services}, got ${service}`,
        { line },
      );
    const { args, result } = entry as HistoryEntry;
    shareFields(share, entry, ['key']);
    shareFields(share, args, ['token', 'fingerprint']);
    shareFields(share, result, ['operationId', 'body']);
    history.push(entry as HistoryEntry);
  });
}

async function readJournal(path: string, name: string, notes: string[], share: Share): Promise<Journal> {
  let service = 0;
  let pid = 0;
  const entries: JournalEntry[] = [];
  const checkFirst = (first: Record<string, unknown>): void => {
    const own = Number(/\d+/.exec(name)?.[0]);
    if (
      first['format'] !== 'lockstep-journal' ||
      first['service'] !== own ||
      !Number.isSafeInteger(first['pid'])
    )
      throw evidenceError('EVIDENCE_MALFORMED', name, `Expected the header of a journal of service ${own}`, {
        line: 1,
      });
    checkVersion(first, name);
    service = own;
    pid = first['pid'] as number;
  };
  await readEntries(path, name, notes, checkFirst, (entry, line) => {
    const problem = journalProblem(entry);
    if (problem !== undefined) throw evidenceError('EVIDENCE_MALFORMED', name, problem, { line });
    shareFields(share, entry, ['stream', 'token', 'operationId', 'job']);
    entries.push(entry as JournalEntry);
  });
  return { service, pid, entries };
}

function checkVersion(first: Record<string, unknown>, name: string): void {
  if (first['version'] === 1) return;
  throw evidenceError(
    'EVIDENCE_VERSION',
    name,
    `Expected version 1, got ${JSON.stringify(first['version']) ?? 'none'}`,
  );
}

/**
 * The first line goes to `checkFirst`, every other to `take`, but for the end record. A last line that was cut off is
 * noted and left out.
 */
async function readEntries(
  path: string,
  name: string,
  notes: string[],
  checkFirst: (first: Record<string, unknown>) => void,
  take: (entry: unknown, line: number) => void,
): Promise<void> {
  let seenFirst = false;
  let ended = false;
  for await (const { lines, first, unterminated } of readLines(path)) {
    for (const [offset, text] of lines.entries()) {
      const number = first + offset;
      const isCut = unterminated && offset === lines.length - 1 && !isJson(text);
      if (isCut) {
        notes.push(`${name}: line ${number}, the last one, was cut off and left out`);
        continue;
      }
      if (ended)
        throw evidenceError('EVIDENCE_MALFORMED', name, 'Expected nothing behind the end record', {
          line: number,
        });
      const value = parseLine(text, name, number);
      if (number > 1 && parseEnd(text) !== undefined) {
        ended = true;
        continue;
      }
      if (number > 1) {
        take(value, number);
        continue;
      }
      if (typeof value !== 'object' || value === null)
        throw evidenceError('EVIDENCE_MALFORMED', name, 'Expected a header', { line: 1 });
      checkFirst(value as Record<string, unknown>);
      seenFirst = true;
    }
  }
  if (!seenFirst) throw evidenceError('EVIDENCE_MALFORMED', name, 'Expected a header, got an empty file');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
