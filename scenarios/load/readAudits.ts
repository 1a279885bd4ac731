/** Reads audits. Those that hold the same are kept in memory once. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Audit } from '../evidence.ts';
import { evidenceError, parseLine } from './evidenceError.ts';
import { recordProblem } from './evidenceShape.ts';
import { readLines } from './lines.ts';
import { shareFields, type Share } from './share.ts';

type AuditList = Exclude<keyof Audit, 'reader'>;
const LISTS: readonly AuditList[] = ['streams', 'activity', 'idempotency', 'exports', 'exportAudit'];

/** The audits in the files `names` of `dir`. Errors: those of readEvidence. */
export async function readAudits(dir: string, names: readonly string[], share: Share): Promise<Audit[]> {
  const read: { readonly file: AuditFile; readonly audit: Audit }[] = [];
  for (const name of names) {
    const file = await describe(join(dir, name), name);
    let audit: Audit | undefined;
    for (const earlier of read) {
      if (await holdTheSame(earlier.file, file)) audit = { ...earlier.audit, reader: file.reader };
      if (audit !== undefined) break;
    }
    read.push({ file, audit: audit ?? (await parse(file, name, share)) });
  }
  return read.map(({ audit }) => audit);
}

interface AuditFile {
  readonly path: string;
  readonly reader: Audit['reader'];
  /** Where what was read begins: behind the first line, which names the reader. */
  readonly from: number;
  readonly size: number;
}

/** The longest that the first line may be, in bytes. */
const MAX_FIRST_LINE = 64;

async function describe(path: string, name: string): Promise<AuditFile> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_FIRST_LINE), 0, MAX_FIRST_LINE, 0);
    const end = buffer.subarray(0, bytesRead).indexOf('\n');
    const named = buffer.toString('utf8', 0, Math.max(0, end)).replace(/,$/, '}');
    const reader = (parseLine(named, name, 1) as { readonly reader?: unknown } | null)?.reader;
    if (typeof reader !== 'number' && reader !== 'fresh')
      throw evidenceError('EVIDENCE_MALFORMED', name, 'Expected an audit that names its reader', { line: 1 });
    return { path, reader, from: end + 1, size: (await handle.stat()).size };
  } finally {
    await handle.close();
  }
}

const COMPARED_AT_ONCE = 1024 * 1024;

async function holdTheSame(a: AuditFile, b: AuditFile): Promise<boolean> {
  const length = a.size - a.from;
  if (length !== b.size - b.from) return false;
  const handles = [await open(a.path), await open(b.path)] as const;
  try {
    const buffers = [Buffer.alloc(COMPARED_AT_ONCE), Buffer.alloc(COMPARED_AT_ONCE)] as const;
    for (let at = 0; at < length; at += COMPARED_AT_ONCE) {
      const wanted = Math.min(COMPARED_AT_ONCE, length - at);
      await handles[0].read(buffers[0], 0, wanted, a.from + at);
      await handles[1].read(buffers[1], 0, wanted, b.from + at);
      if (buffers[0].compare(buffers[1], 0, wanted, 0, wanted) !== 0) return false;
    }
    return true;
  } finally {
    for (const handle of handles) await handle.close();
  }
}

/** The fields of each list's records whose texts stand elsewhere too. */
const SHARED: Readonly<Record<AuditList, readonly string[]>> = {
  streams: [],
  activity: ['type', 'streamId'],
  idempotency: ['token', 'fingerprint', 'body'],
  exports: [],
  exportAudit: ['type', 'exportId'],
};

async function parse({ path, reader }: AuditFile, name: string, share: Share): Promise<Audit> {
  const lists: Record<AuditList, unknown[]> = {
    streams: [],
    activity: [],
    idempotency: [],
    exports: [],
    exportAudit: [],
  };
  let current: AuditList | undefined;
  let closed = 0;
  let done = false;
  for await (const { lines, first } of readLines(path)) {
    for (const [offset, line] of lines.entries()) {
      const number = first + offset;
      if (number === 1) continue;
      if (line === '],' || line === ']') {
        current = undefined;
        closed += 1;
      } else if (line === '}') {
        done = true;
      } else if (current === undefined) {
        current = LISTS.find((list) => line === `${JSON.stringify(list)}:[`);
        if (current === undefined)
          throw evidenceError('EVIDENCE_MALFORMED', name, 'Expected a list of an audit', { line: number });
      } else {
        const text = line.endsWith(',') ? line.slice(0, -1) : line;
        const record = parseLine(text, name, number);
        const problem = recordProblem(current, record);
        if (problem !== undefined) throw evidenceError('EVIDENCE_MALFORMED', name, problem, { line: number });
        shareFields(share, record, SHARED[current]);
        if (current === 'activity')
          shareFields(share, (record as { details?: unknown }).details, ['operationId']);
        lists[current].push(record);
      }
    }
  }
  if (!done || closed !== LISTS.length)
    throw evidenceError(
      'EVIDENCE_MALFORMED',
      name,
      `Expected the lists ${LISTS.join(', ')} of a complete audit`,
    );
  return { reader, ...lists } as unknown as Audit;
}
