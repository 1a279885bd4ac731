/**
 * Reads evidence from its folder. Damaged or changed evidence is an error. Evidence that was cut off is not: the result
 * says what is missing, and nobody can judge it.
 */
import { join } from 'node:path';
import type { Audit, Evidence, EvidenceHeader } from '../evidence.ts';
import type { Journal, JournalEntry } from './model/journal.ts';
import type { HistoryEntry } from './model/history.ts';
import { readEvidenceHeader } from './description.ts';
import { parseEnd } from './endRecord.ts';
import { checkHistoryHeader, historyEntry, journalEntries, journalHeader } from './entries.ts';
import { evidenceError, parseLine } from './evidenceError.ts';
import { checkFiles, evidenceNames, namesOf, STRIKES_FILE } from './files.ts';
import { readLines } from './lines.ts';
import { readAudits } from './readAudits.ts';
import { readStrikes } from '../faults/strikes/strikeFile.ts';
import { createShare, type Share } from './share.ts';

/**
 * Reads the evidence in the folder `dir`.
 *
 * @throws LockstepError with `EVIDENCE_MISSING`, `EVIDENCE_VERSION` or `EVIDENCE_MALFORMED`.
 *
 * @example
 * ```ts
 * const { history, journals, audits } = await readEvidence('reports/runs/…/evidence/1-uniform');
 * ```
 */
export async function readEvidence(dir: string): Promise<Evidence> {
  const header = await readEvidenceHeader(dir);
  return readCheckedEvidence(dir, header, await checkFiles(dir, header));
}

/** Reads a folder whose files were compared with its header. `cut`: what is missing. */
export async function readCheckedEvidence(
  dir: string,
  header: EvidenceHeader,
  cut: readonly string[],
): Promise<Evidence> {
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
  const checkFirst = (first: unknown): void => checkHistoryHeader(first, header, name);
  await readEntries(path, name, notes, checkFirst, (entry, line) => {
    history.push(historyEntry(entry, header, { name, line }, share));
  });
}

async function readJournal(path: string, name: string, notes: string[], share: Share): Promise<Journal> {
  let head = { service: 0, pid: 0 };
  const entries: JournalEntry[] = [];
  const checkFirst = (first: unknown): void => {
    head = journalHeader(first, name);
  };
  await readEntries(path, name, notes, checkFirst, (entry, line) => {
    journalEntries(entry, { name, line }, share, (one) => entries.push(one));
  });
  return { ...head, entries };
}

/**
 * Passes the first line to `checkFirst`, and every other line except the end record to `take`. A last line that was cut
 * off is noted and skipped.
 */
async function readEntries(
  path: string,
  name: string,
  notes: string[],
  checkFirst: (first: unknown) => void,
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
      checkFirst(value);
      seenFirst = true;
    }
  }
  if (!seenFirst) throw evidenceError('EVIDENCE_MALFORMED', name, 'Expected a header, got an empty file');
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
