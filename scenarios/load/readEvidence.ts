/** Loads evidence from its folder. What is damaged is an error; a line cut off by the end of its writer is not. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  EVIDENCE_VERSION,
  EXPORT_FUNCTIONS,
  STREAM_FUNCTIONS,
  type Audit,
  type Evidence,
  type EvidenceHeader,
  type HistoryEntry,
  type HistoryFunction,
  type Journal,
  type JournalEntry,
} from '../evidence.ts';
import { FAULT_NAMES } from '../faults/catalog.ts';
import { readAudits } from './readAudits.ts';
import { evidenceError, parseLine } from './evidenceError.ts';
import { readLines } from './lines.ts';
import { readStrikes, STRIKES_FILE } from './strikeFile.ts';
import { createShare, shareFields, type Share } from './share.ts';

/** Errors: EVIDENCE_MISSING, EVIDENCE_VERSION, EVIDENCE_MALFORMED. */
export async function readEvidence(dir: string): Promise<Evidence> {
  const header = await readEvidenceHeader(dir);
  const names = (await readdir(dir)).toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const notes: string[] = [];
  const share = createShare();
  const history: HistoryEntry[] = [];
  for (const name of names.filter((each) => /^history-\d+\.jsonl$/.test(each)))
    await readHistory(join(dir, name), name, header, { history, notes, share });
  const journals: Journal[] = [];
  for (const name of names.filter((each) => /^journal-\d+(\.\d+)?\.jsonl$/.test(each)))
    journals.push(await readJournal(join(dir, name), name, notes, share));
  const audits: Audit[] = await readAudits(
    dir,
    names.filter((each) => /^audit-(\d+|fresh)\.json$/.test(each)),
    share,
  );
  const strikes = names.includes(STRIKES_FILE) ? { strikes: await readStrikes(join(dir, STRIKES_FILE)) } : {};
  return { header, history, journals, audits, ...strikes, ...(notes.length === 0 ? {} : { notes }) };
}

const power = z.looseObject({
  crossProcessAttempts: z.number(),
  contendedStreams: z.number(),
  duplicateAttempts: z.number(),
  scansBesideWrites: z.number(),
  claimRaces: z.number(),
  lateFinishes: z.number(),
});
const headerSchema = z.looseObject({
  version: z.literal(EVIDENCE_VERSION),
  target: z.looseObject({ name: z.string(), version: z.string() }),
  surfaces: z.array(z.string()),
  capabilities: z.looseObject({ crossInstance: z.boolean(), atomic: z.boolean() }),
  workload: z.enum(['lifecycle', 'balance']),
  mix: z.string(),
  seed: z.number(),
  services: z.number(),
  drivers: z.number(),
  seeded: z.array(z.looseObject({ id: z.string(), status: z.string(), revision: z.number() })),
  seededExports: z.array(z.string()),
  minimums: power,
  faults: z.partialRecord(z.enum(FAULT_NAMES), z.number()).optional(),
  environment: z.record(z.string(), z.unknown()),
  options: z.record(z.string(), z.unknown()),
  startedAt: z.string(),
  loadFrom: z.number(),
  loadTo: z.number(),
  interrupted: z.string().optional(),
});

/** Errors: EVIDENCE_MISSING, EVIDENCE_VERSION, EVIDENCE_MALFORMED. */
export async function readEvidenceHeader(dir: string): Promise<EvidenceHeader> {
  const name = 'evidence.json';
  const path = join(dir, name);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw evidenceError('EVIDENCE_MISSING', name, `Expected evidence of a load, but ${path} cannot be read`, {
      cause: error,
    });
  }
  const header = parseLine(text, name, 1) as { readonly version?: unknown } | null;
  if (typeof header === 'object' && header?.version !== EVIDENCE_VERSION)
    throw evidenceError(
      'EVIDENCE_VERSION',
      name,
      `Expected version ${EVIDENCE_VERSION}, got ${JSON.stringify(header?.version)}`,
    );
  const checked = headerSchema.safeParse(header);
  if (checked.success) return header as unknown as EvidenceHeader;
  const issue = checked.error.issues[0];
  throw evidenceError(
    'EVIDENCE_MALFORMED',
    name,
    `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`,
  );
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
    if (!isHistoryEntry(entry))
      throw evidenceError('EVIDENCE_MALFORMED', name, 'Expected an entry of a history', { line });
    shareFields(share, entry, ['key']);
    shareFields(share, entry.args, ['token', 'fingerprint']);
    shareFields(share, entry.result, ['operationId', 'body']);
    history.push(entry);
  });
}

async function readJournal(path: string, name: string, notes: string[], share: Share): Promise<Journal> {
  let service = 0;
  let pid = 0;
  const entries: JournalEntry[] = [];
  const checkFirst = (first: Record<string, unknown>): void => {
    if (
      first['format'] !== 'lockstep-journal' ||
      typeof first['service'] !== 'number' ||
      typeof first['pid'] !== 'number'
    )
      throw evidenceError('EVIDENCE_MALFORMED', name, 'Expected the header of a journal', { line: 1 });
    checkVersion(first, name);
    service = first['service'];
    pid = first['pid'];
  };
  await readEntries(path, name, notes, checkFirst, (entry, line) => {
    if (!isJournalEntry(entry))
      throw evidenceError('EVIDENCE_MALFORMED', name, 'Expected an entry of a journal', { line });
    shareFields(share, entry, ['stream', 'token', 'operationId', 'job']);
    entries.push(entry);
  });
  return { service, pid, entries };
}

function checkVersion(first: Record<string, unknown>, name: string): void {
  if (first['version'] === 1) return;
  throw evidenceError(
    'EVIDENCE_VERSION',
    name,
    `Expected version 1, got ${JSON.stringify(first['version'])}`,
  );
}

/** The first line goes to `checkFirst`, every other to `take`. A last line that was cut off is noted and left out. */
async function readEntries(
  path: string,
  name: string,
  notes: string[],
  checkFirst: (first: Record<string, unknown>) => void,
  take: (entry: unknown, line: number) => void,
): Promise<void> {
  let seenFirst = false;
  for await (const { lines, first, unterminated } of readLines(path)) {
    for (const [offset, text] of lines.entries()) {
      const number = first + offset;
      const isCut = unterminated && offset === lines.length - 1 && !isJson(text);
      if (isCut) {
        notes.push(`${name}: line ${number}, the last one, was cut off and left out`);
        continue;
      }
      const value = parseLine(text, name, number);
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

const OUTCOMES: ReadonlySet<unknown> = new Set(['ok', 'fail', 'unknown'] satisfies HistoryEntry['outcome'][]);
const KNOWN_FUNCTIONS: ReadonlySet<unknown> = new Set([
  ...STREAM_FUNCTIONS,
  'scan',
  ...EXPORT_FUNCTIONS,
] satisfies HistoryFunction[]);

function isHistoryEntry(value: unknown): value is HistoryEntry {
  const entry = value as HistoryEntry | null;
  return (
    typeof entry === 'object' &&
    entry !== null &&
    typeof entry.client === 'number' &&
    typeof entry.service === 'number' &&
    typeof entry.key === 'string' &&
    typeof entry.call === 'number' &&
    (entry.return === null || typeof entry.return === 'number') &&
    typeof entry.args === 'object' &&
    entry.args !== null &&
    KNOWN_FUNCTIONS.has(entry.f) &&
    OUTCOMES.has(entry.outcome)
  );
}

/** The fields that an entry of each type must have beside `at`. */
const JOURNAL_FIELDS: Readonly<Record<JournalEntry['type'], readonly string[]>> = {
  wait: ['section', 'stream'],
  enter: ['section', 'stream', 'attempt'],
  read: ['section', 'attempt'],
  leave: ['section', 'attempt', 'wrote'],
  settle: ['section', 'outcome'],
  execute: ['section', 'attempt', 'stream', 'f', 'operationId', 'revision'],
  payout: ['stream', 'operationId', 'amount'],
  workCall: ['turn', 'call'],
  workReturn: ['turn', 'call', 'outcome'],
};

function isJournalEntry(value: unknown): value is JournalEntry {
  const entry = value as (JournalEntry & Record<string, unknown>) | null;
  if (typeof entry !== 'object' || entry === null || typeof entry.at !== 'number') return false;
  return (
    Object.hasOwn(JOURNAL_FIELDS, entry.type) &&
    JOURNAL_FIELDS[entry.type].every((field) => entry[field] !== undefined)
  );
}
