/** Reads audits. Those that hold the same are kept in memory once. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Audit } from '../evidence.ts';
import { EvidenceError, parseLine } from './evidenceError.ts';
import { readLines } from './lines.ts';

type AuditList = Exclude<keyof Audit, 'reader'>;
const LISTS: readonly AuditList[] = ['streams', 'activity', 'idempotency', 'exports', 'exportAudit'];

/** The audits in the files `names` of `dir`. Rejects with EvidenceError. */
export async function readAudits(dir: string, names: readonly string[]): Promise<Audit[]> {
  const audits: Audit[] = [];
  const byContent = new Map<string, Audit>();
  for (const name of names) {
    const path = join(dir, name);
    const { reader, content } = await describe(path, name);
    const same = byContent.get(content);
    const audit = same === undefined ? await parse(path, name, reader) : { ...same, reader };
    byContent.set(content, audit);
    audits.push(audit);
  }
  return audits;
}

/** Who read, and a hash of what was read: of everything after the first line, which names the reader. */
async function describe(
  path: string,
  name: string,
): Promise<{ readonly reader: Audit['reader']; readonly content: string }> {
  const hash = createHash('sha256');
  let first = Buffer.alloc(0);
  let inFirst = true;
  for await (const chunk of createReadStream(path)) {
    if (!inFirst) {
      hash.update(chunk as Buffer);
      continue;
    }
    first = Buffer.concat([first, chunk as Buffer]);
    const end = first.indexOf('\n');
    if (end < 0) continue;
    hash.update(first.subarray(end));
    first = first.subarray(0, end);
    inFirst = false;
  }
  const named = first.toString('utf8').replace(/,$/, '}');
  const reader = (parseLine(named, name, 1) as { readonly reader?: unknown } | null)?.reader;
  if (typeof reader !== 'number' && reader !== 'fresh')
    throw new EvidenceError('MALFORMED', name, 'Expected an audit that names its reader', undefined, 1);
  return { reader, content: hash.digest('hex') };
}

async function parse(path: string, name: string, reader: Audit['reader']): Promise<Audit> {
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
          throw new EvidenceError('MALFORMED', name, 'Expected a list of an audit', undefined, number);
      } else {
        const text = line.endsWith(',') ? line.slice(0, -1) : line;
        lists[current].push(parseLine(text, name, number));
      }
    }
  }
  if (!done || closed !== LISTS.length)
    throw new EvidenceError('MALFORMED', name, `Expected the lists ${LISTS.join(', ')} of a complete audit`);
  return { reader, ...lists } as unknown as Audit;
}
