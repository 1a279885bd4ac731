/**
 * The files of evidence in a folder: how the run describes them when it ends, and whether they still match the
 * description.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvidenceFile, EvidenceHeader } from '../evidence.ts';
import { fileReason } from '../fileReason.ts';
import { requireRegular } from '../textFile.ts';
import { checkEnd, readEnd } from './ending.ts';
import { evidenceError } from './evidenceError.ts';

export const STRIKES_FILE = 'faults.jsonl';
/** Only in the evidence of a drill: see scenarios/drill. */
export const STEPS_FILE = 'steps.jsonl';
export const PROBES_FILE = 'probes.jsonl';

type Kind = 'history' | 'journal' | 'audit' | 'strikes' | 'steps' | 'probes';

/** The first group is the driver, the service or the reader. */
const NAMES: Readonly<Record<Kind, RegExp>> = {
  history: /^history-(\d+)\.jsonl$/,
  journal: /^journal-(\d+)(?:\.\d+)?\.jsonl$/,
  audit: /^audit-(\d+|fresh|old|new)\.json$/,
  strikes: /^faults\.jsonl$/,
  steps: /^steps\.jsonl$/,
  probes: /^probes\.jsonl$/,
};

const KINDS = Object.keys(NAMES) as readonly Kind[];

/** The names of the files of that kind among `names`, ordered by their numbers. */
export function namesOf(kind: Kind, names: readonly string[]): string[] {
  return names
    .filter((name) => NAMES[kind].test(name))
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** The names of all files of evidence in `dir`, except the run's description. */
export async function evidenceNames(dir: string): Promise<string[]> {
  const names = await readdir(dir);
  const found = KINDS.flatMap((kind) => namesOf(kind, names));
  for (const name of found) await requireFile(join(dir, name), name);
  return found;
}

/** Rejects with EVIDENCE_MALFORMED if a file that needs an end record has none. */
async function requireFile(path: string, name: string): Promise<void> {
  try {
    requireRegular(await stat(path));
  } catch (cause) {
    throw evidenceError('EVIDENCE_MALFORMED', name, `Expected a file, got ${fileReason(cause)}`, { cause });
  }
}

/** Describes the files of the run. Call it when nobody writes to them any longer. */
export async function describeFiles(dir: string): Promise<EvidenceFile[]> {
  const files: EvidenceFile[] = [];
  for (const name of await evidenceNames(dir)) {
    const path = join(dir, name);
    if (NAMES.audit.test(name)) files.push({ name, sha256: await hashOf(path) });
    else files.push({ name, ...(await readEnd(path)) });
  }
  return files;
}

/**
 * Compares the files in `dir` with their description. Resolves with what is missing or cut off: one sentence each,
 * without a full stop. Rejects with EVIDENCE_MALFORMED for files that were changed or do not belong to the run.
 */
export async function checkFiles(dir: string, header: EvidenceHeader): Promise<string[]> {
  const present = await evidenceNames(dir);
  const described = new Map(header.files.map((file) => [file.name, file]));
  const isInterrupted = header.interrupted !== undefined;
  if (!isInterrupted) requireCounts(header);
  const cut: string[] = [];
  for (const name of present) {
    const file = described.get(name);
    if (file === undefined && !isInterrupted)
      throw evidenceError(
        'EVIDENCE_MALFORMED',
        name,
        'The run did not leave this file: evidence.json names others',
      );
    const problem = await checkFile(dir, name, file);
    // The evidence of an interrupted run says so itself, and any of its files may be missing.
    if (problem !== undefined && !isInterrupted) cut.push(problem);
  }
  for (const { name } of header.files) if (!present.includes(name)) cut.push(`${name} is missing`);
  return cut;
}

/** Rejects if the file was changed. Resolves with what is missing of it. */
async function checkFile(
  dir: string,
  name: string,
  file: EvidenceFile | undefined,
): Promise<string | undefined> {
  const path = join(dir, name);
  if (NAMES.audit.test(name)) {
    if (file === undefined || file.sha256 === (await hashOf(path))) return undefined;
    throw evidenceError('EVIDENCE_MALFORMED', name, `It is not what the run left: ${OTHER_HASH}`);
  }
  const end = await checkEnd(path, name);
  if (end === undefined) {
    const lines = file?.lines === undefined ? '' : ` after ${file.lines} lines`;
    return `${name} is cut off: it lacks the end record that was written${lines}`;
  }
  if (file === undefined) return undefined;
  if (file.sha256 === undefined) return `${name} was cut off when the run ended`;
  if (end.lines === file.lines && end.sha256 === file.sha256 && end.ended === file.ended) return undefined;
  throw evidenceError(
    'EVIDENCE_MALFORMED',
    name,
    `It is not what the run left: evidence.json tells of ${file.lines} lines with another end record`,
    { line: end.lines + 1 },
  );
}

const OTHER_HASH = 'evidence.json tells of another hash';

/** Without this check, nobody would notice that a service or a driver left no file. */
function requireCounts({ services, drivers, files, faults }: EvidenceHeader): void {
  const numbers = (kind: Kind): Set<string | undefined> =>
    new Set(files.flatMap(({ name }) => NAMES[kind].exec(name)?.[1] ?? []));
  // The clients that challenge struck sections write one more file.
  const histories = drivers + (faults === undefined ? 0 : 1);
  requireCount('driver', 'histories', histories, numbers('history').size);
  requireCount('service', 'journals', services, numbers('journal').size);
}

function requireCount(who: string, what: string, expected: number, found: number): void {
  if (expected === found) return;
  throw evidenceError(
    'EVIDENCE_MALFORMED',
    'evidence.json',
    `Expected ${what} of every ${who}, ${expected} in all, and it names ${found}`,
  );
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
