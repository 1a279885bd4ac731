/** Reads audits. Audits with equal content are kept in memory once. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Audit, AuditList, Reader } from '../evidence.ts';
import type { LinePlace } from './entries.ts';
import { evidenceError, parseLine } from './evidenceError.ts';
import { recordProblem } from './evidenceShape.ts';
import { readLines } from './lines.ts';
import { shareFields, type Share } from './share.ts';

export const AUDIT_LISTS: readonly AuditList[] = [
  'streams',
  'activity',
  'idempotency',
  'exports',
  'exportAudit',
];

/** The audits in the files `names` of `dir`. Errors: those of readEvidence. */
export async function readAudits(dir: string, names: readonly string[], share: Share): Promise<Audit[]> {
  const audits: Audit[] = [];
  for (const [index, { file, like }] of (await describeAudits(dir, names)).entries()) {
    const earlier = like === index ? undefined : audits[like];
    audits.push(
      earlier === undefined
        ? await parse(file, names[index] as string, share)
        : { ...earlier, reader: file.reader },
    );
  }
  return audits;
}

export interface DescribedAudit {
  readonly file: AuditFile;
  /** The first audit with the same content. */
  readonly like: number;
}

/** Errors: those of readEvidence. */
export async function describeAudits(dir: string, names: readonly string[]): Promise<DescribedAudit[]> {
  const described: DescribedAudit[] = [];
  for (const [index, name] of names.entries()) {
    const file = await describe(join(dir, name), name);
    let like = index;
    if (file.like !== undefined) like = named(file.like, names, described, { name, line: 1 });
    else
      for (const [other, earlier] of described.entries()) {
        if (earlier.like !== other || !(await holdTheSame(earlier.file, file))) continue;
        like = other;
        break;
      }
    described.push({ file, like });
  }
  return described;
}

/** Finds the audit that the one in `place` refers to. Throws EVIDENCE_MALFORMED. */
function named(
  like: string,
  names: readonly string[],
  described: readonly DescribedAudit[],
  { name, line }: LinePlace,
): number {
  const index = names.indexOf(like);
  if (described[index]?.like === index) return index;
  throw evidenceError(
    'EVIDENCE_MALFORMED',
    name,
    `Expected "like" to name a complete audit before this one, got ${JSON.stringify(like)}`,
    { line },
  );
}

export interface AuditFile {
  readonly path: string;
  readonly reader: Audit['reader'];
  /** The name of an audit with the same content, which is stored there and not here. */
  readonly like: string | undefined;
  /** The offset after the first line, which names the reader. */
  readonly from: number;
  readonly size: number;
}

function isReader(reader: unknown): reader is Reader {
  return typeof reader === 'number' || reader === 'fresh' || reader === 'old' || reader === 'new';
}

/** The longest first line, in bytes. */
const MAX_FIRST_LINE = 64;

async function describe(path: string, name: string): Promise<AuditFile> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_FIRST_LINE), 0, MAX_FIRST_LINE, 0);
    const end = buffer.subarray(0, bytesRead).indexOf('\n');
    const first = buffer.toString('utf8', 0, Math.max(0, end)).replace(/,$/, '}');
    const { reader, like } = (parseLine(first, name, 1) ?? {}) as Readonly<Record<string, unknown>>;
    if (!isReader(reader))
      throw evidenceError('EVIDENCE_MALFORMED', name, 'Expected an audit that names its reader', { line: 1 });
    const { size } = await handle.stat();
    if (like === undefined) return { path, reader, like, from: end + 1, size };
    if (typeof like !== 'string' || size !== end + 1)
      throw evidenceError('EVIDENCE_MALFORMED', name, 'Expected nothing beside "like" and the reader', {
        line: 2,
      });
    return { path, reader, like, from: end + 1, size };
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

/** For each list, the fields whose texts also occur elsewhere. */
const SHARED: Readonly<Record<AuditList, readonly string[]>> = {
  streams: [],
  activity: ['type', 'streamId'],
  idempotency: ['token', 'fingerprint', 'body'],
  exports: [],
  exportAudit: ['type', 'exportId'],
};

async function parse({ path, reader }: AuditFile, name: string, share: Share): Promise<Audit> {
  const lists = emptyLists();
  const cursor = new AuditCursor(name);
  for await (const { lines, first } of readLines(path)) {
    for (const [offset, line] of lines.entries()) {
      const number = first + offset;
      const list = cursor.listOf(line, number);
      if (list !== undefined)
        lists[list].push(auditRow(withoutComma(line), list, { name, line: number }, share));
    }
  }
  cursor.finish();
  return { reader, ...lists } as unknown as Audit;
}

export function emptyLists(): Record<AuditList, unknown[]> {
  return { streams: [], activity: [], idempotency: [], exports: [], exportAudit: [] };
}

/** Throws EVIDENCE_MALFORMED for invalid JSON. The judge checks the shape of what an adapter has stored. */
export function auditRow(
  text: string,
  list: AuditList,
  { name, line }: LinePlace,
  share: Share | undefined,
): unknown {
  const record = parseLine(text, name, line);
  const problem = recordProblem(list, record);
  if (problem !== undefined) throw evidenceError('EVIDENCE_MALFORMED', name, problem, { line });
  shareFields(share, record, SHARED[list]);
  if (list === 'activity')
    shareFields(share, (record as { details?: unknown } | null)?.details, ['operationId']);
  return record;
}

export function withoutComma(line: string): string {
  return line.endsWith(',') ? line.slice(0, -1) : line;
}

/** Follows the lines of an audit, and knows the list to which each row belongs. */
export class AuditCursor {
  private readonly name: string;
  private current: AuditList | undefined;
  private closed = 0;
  private done = false;

  constructor(name: string) {
    this.name = name;
  }

  /** The list of the row. Undefined: the line is no row. The first characters of `line` are enough. */
  listOf(line: string, number: number): AuditList | undefined {
    if (number === 1) return undefined;
    if (line === '],' || line === ']') {
      this.current = undefined;
      this.closed += 1;
      return undefined;
    }
    if (line === '}') {
      this.done = true;
      return undefined;
    }
    if (this.current !== undefined) return this.current;
    this.current = AUDIT_LISTS.find((list) => line === `${JSON.stringify(list)}:[`);
    if (this.current === undefined)
      throw evidenceError('EVIDENCE_MALFORMED', this.name, 'Expected a list of an audit', { line: number });
    return undefined;
  }

  /** Throws EVIDENCE_MALFORMED if lines are missing. */
  finish(): void {
    if (this.done && this.closed === AUDIT_LISTS.length) return;
    throw evidenceError(
      'EVIDENCE_MALFORMED',
      this.name,
      `Expected the lists ${AUDIT_LISTS.join(', ')} of a complete audit`,
    );
  }
}
