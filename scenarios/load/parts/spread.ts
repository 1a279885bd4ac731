/**
 * Evidence that is too large to be held at once, spread over parts that can be judged one by one: a pass over all files
 * writes each line to the bucket that it belongs to, and small buckets make one part.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  STREAM_FUNCTIONS,
  type Audit,
  type AuditList,
  type EvidenceHeader,
  type Strike,
} from '../../evidence.ts';
import { END_PREFIX, parseEnd } from '../endRecord.ts';
import { checkHistoryHeader, journalHeader } from '../entries.ts';
import { evidenceError, parseLine } from '../evidenceError.ts';
import { evidenceNames, namesOf, STRIKES_FILE } from '../files.ts';
import { AUDIT_LISTS, AuditCursor, describeAudits, type DescribedAudit } from '../readAudits.ts';
import { isJson } from '../readEvidence.ts';
import { readStrikes } from '../strikeFile.ts';
import { BlockFile, type Blocks } from './blockFile.ts';
import { Buckets, REST } from './buckets.ts';
import { forEachLine, type ByteLine, type ReadingOptions } from './byteLines.ts';
import { historyRoute, journalRoute, rowRoutes, type Route } from './route.ts';

/** A file of the evidence, or one list of an audit. Their numbers grow with where they stand in the whole. */
export type SpreadFile =
  | { readonly kind: 'history'; readonly name: string }
  | { readonly kind: 'journal'; readonly name: string; readonly service: number; readonly pid: number }
  | { readonly kind: 'rows'; readonly name: string; readonly list: AuditList };

/** Where a part lies, as plain data for whichever thread reads it. */
export interface PartSource {
  /** Of the file that holds all parts. */
  readonly descriptor: number;
  readonly blocks: readonly Blocks[];
  readonly bytes: number;
  readonly files: readonly SpreadFile[];
  /** The first file of each audit's rows, and of those of the audit that holds the same. */
  readonly audits: readonly {
    readonly reader: Audit['reader'];
    readonly first: number;
    readonly like: number;
  }[];
  /** With the seeded streams of this part, and where they stand among all. */
  readonly header: EvidenceHeader;
  readonly seededPlaces: readonly number[];
  readonly strikes: readonly Strike[];
}

export interface SpreadEvidence {
  readonly header: EvidenceHeader;
  /** Lines of the histories. */
  readonly operations: number;
  /** The service of each journal. */
  readonly journaled: readonly number[];
  readonly readers: readonly Audit['reader'][];
  readonly strikes: readonly Strike[];
  /** What belongs to no stream is in the first. */
  readonly parts: readonly PartSource[];
  /** The part in which the stream is, whether or not anything is known of it. */
  partOf(stream: string): PartSource;
  /** Gives the room back that the parts take. */
  close(): void;
}

export interface SpreadOptions extends ReadingOptions {
  readonly header: EvidenceHeader;
  /** A part is about so large, in bytes of evidence, where streams are not larger alone. */
  readonly partBytes: number;
}

/** Each has a block of its own in memory while lines are added. */
const MAX_BUCKETS = 1024;
/** Buckets of a part: the fewer, the more often two large streams fall into one. */
const BUCKETS_A_PART = 16;

/** Bytes of the evidence in `dir`; audits that hold the same count once. */
export async function sizeOfEvidence(dir: string): Promise<number> {
  const names = await evidenceNames(dir);
  const sizeOf = async (name: string): Promise<number> => (await stat(join(dir, name))).size;
  const audits = namesOf('audit', names);
  const lines = names.filter((name) => !audits.includes(name));
  const sizes = await Promise.all(lines.map(sizeOf));
  const largest = Math.max(0, ...(await Promise.all(audits.map(sizeOf))));
  return sizes.reduce((sum, size) => sum + size, largest);
}

/** Errors: those of readEvidence, but for what is only seen as a line is parsed; EVIDENCE_TOO_LARGE. */
export async function spreadEvidence(dir: string, options: SpreadOptions): Promise<SpreadEvidence> {
  const wanted = Math.ceil((BUCKETS_A_PART * (await sizeOfEvidence(dir))) / options.partBytes);
  const spreading = new Spreading(dir, options, Math.max(1, Math.min(MAX_BUCKETS, wanted)));
  try {
    return await spreading.run();
  } catch (error) {
    spreading.close();
    throw error;
  }
}

class Spreading {
  private readonly dir: string;
  private readonly options: SpreadOptions;
  private readonly buckets: Buckets;
  private readonly blocks: BlockFile;
  private readonly files: SpreadFile[] = [];
  private operations = 0;

  constructor(dir: string, options: SpreadOptions, buckets: number) {
    this.dir = dir;
    this.options = options;
    this.buckets = new Buckets(buckets);
    this.blocks = new BlockFile(buckets + 1);
  }

  close(): void {
    this.blocks.close();
  }

  async run(): Promise<SpreadEvidence> {
    const { dir, buckets, files } = this;
    const { header } = this.options;
    const names = await evidenceNames(dir);
    const isOfStream = (f: string): boolean => (STREAM_FUNCTIONS as readonly string[]).includes(f);
    for (const name of namesOf('history', names)) {
      const route = historyRoute(buckets, isOfStream);
      this.operations += await this.spreadLines(name, route, (first) => {
        checkHistoryHeader(first, header, name);
        return { kind: 'history', name };
      });
    }
    const journaled: number[] = [];
    for (const name of namesOf('journal', names)) {
      await this.spreadLines(name, journalRoute(buckets), (first) => {
        const { service, pid } = journalHeader(first, name);
        journaled.push(service);
        return { kind: 'journal', name, service, pid };
      });
    }
    const auditNames = namesOf('audit', names);
    const described = await describeAudits(dir, auditNames);
    const firstRows = files.length;
    await this.spreadAudits(auditNames, described);
    const strikes = names.includes(STRIKES_FILE) ? await readStrikes(join(dir, STRIKES_FILE)) : [];
    const firstOf = (audit: number): number => firstRows + audit * AUDIT_LISTS.length;
    const audits = described.map(({ file, like }, audit) => ({
      reader: file.reader,
      first: firstOf(audit),
      like: firstOf(like),
    }));
    return {
      header,
      operations: this.operations,
      journaled,
      readers: described.map(({ file }) => file.reader),
      strikes,
      ...this.parts(audits, strikes),
      close: () => this.close(),
    };
  }

  /** The lines of a history or a journal. `open` gets the first one. Resolves with how many others there are. */
  private async spreadLines(
    name: string,
    route: Route,
    open: (first: unknown) => SpreadFile,
  ): Promise<number> {
    const number = this.files.length;
    let isOpen = false;
    let ended = false;
    let lines = 0;
    const take = (line: ByteLine): void => {
      if (line.unterminated && !isJson(textOf(line))) return;
      if (ended)
        throw evidenceError('EVIDENCE_MALFORMED', name, 'Expected nothing behind the end record', {
          line: line.number,
        });
      if (line.number === 1) {
        this.files.push(open(parseLine(textOf(line), name, 1)));
        isOpen = true;
        return;
      }
      ended = isEnd(line);
      if (ended) return;
      lines += 1;
      this.put(route, number, line, line.to);
    };
    await forEachLine(join(this.dir, name), take, this.options);
    if (!isOpen) throw evidenceError('EVIDENCE_MALFORMED', name, 'Expected a header, got an empty file');
    return lines;
  }

  /** The rows of all audits, but for those that hold what an earlier one does. */
  private async spreadAudits(names: readonly string[], described: readonly DescribedAudit[]): Promise<void> {
    const disagree = described.some(({ like }) => like !== 0);
    const routes = rowRoutes(this.buckets, disagree);
    for (const [audit, name] of names.entries()) {
      const first = this.files.length;
      for (const list of AUDIT_LISTS) this.files.push({ kind: 'rows', name, list });
      if (described[audit]?.like !== audit) continue;
      const cursor = new AuditCursor(name);
      const take = (line: ByteLine): void => {
        const list = cursor.listOf(shortTextOf(line), line.number);
        if (list === undefined) return;
        const to = line.bytes[line.to - 1] === COMMA ? line.to - 1 : line.to;
        this.put(routes[list], first + AUDIT_LISTS.indexOf(list), line, to);
      };
      await forEachLine(join(this.dir, name), take, this.options);
      cursor.finish();
    }
  }

  private put(route: Route, file: number, { bytes, from, number }: ByteLine, to: number): void {
    this.blocks.add(route(bytes, from, to), `${file} ${number} `, bytes, from, to);
  }

  private parts(
    audits: PartSource['audits'],
    strikes: readonly Strike[],
  ): Pick<SpreadEvidence, 'parts' | 'partOf'> {
    const { header } = this.options;
    const seeded = new Map<number, number[]>();
    for (const [place, { id }] of header.seeded.entries()) {
      const root = this.rootOf(id);
      const own = seeded.get(root);
      if (own === undefined) seeded.set(root, [place]);
      else own.push(place);
    }
    const groups = this.groups();
    const parts = groups.map((group): PartSource => {
      const places = group.roots.flatMap((root) => seeded.get(root) ?? []).sort((a, b) => a - b);
      return {
        descriptor: this.blocks.descriptor,
        blocks: group.members.map((bucket) => this.blocks.finish(bucket)),
        bytes: group.bytes,
        files: this.files,
        audits,
        header: {
          ...header,
          seeded: places.flatMap((place) => header.seeded[place] ?? []),
          seededExports: group.roots.includes(REST) ? header.seededExports : [],
          files: [],
        },
        seededPlaces: places,
        strikes,
      };
    });
    const partOf = (stream: string): PartSource => {
      const root = this.rootOf(stream);
      return parts[groups.findIndex(({ roots }) => roots.includes(root))] as PartSource;
    };
    return { parts, partOf };
  }

  private rootOf(stream: string): number {
    const name = Buffer.from(stream);
    return this.buckets.rootOf(this.buckets.ofStream(name, 0, name.length));
  }

  /** Buckets that are joined stay together; others are put together until they are large enough for a part. */
  private groups(): Group[] {
    const joined = new Map<number, Group>();
    for (const [bucket, bytes] of this.blocks.sizes.entries()) {
      const root = this.buckets.rootOf(bucket);
      const group = joined.get(root) ?? { roots: [root], members: [], bytes: 0 };
      joined.set(root, group);
      group.members.push(bucket);
      group.bytes += bytes;
    }
    const groups: Group[] = [];
    for (const { roots, members, bytes } of joined.values()) {
      const last = groups.at(-1);
      if (last !== undefined && last.bytes + bytes <= this.options.partBytes) {
        last.roots.push(...roots);
        last.members.push(...members);
        last.bytes += bytes;
      } else groups.push({ roots, members, bytes });
    }
    return groups;
  }
}

interface Group {
  readonly roots: number[];
  readonly members: number[];
  bytes: number;
}

const COMMA = 0x2c;
/** Longer than any line of an audit that is no row. */
const SHORT = 64;

function textOf({ bytes, from, to }: ByteLine): string {
  return bytes.toString('utf8', from, to);
}

function shortTextOf({ bytes, from, to }: ByteLine): string {
  return to - from > SHORT ? '' : bytes.toString('utf8', from, to);
}

function isEnd(line: ByteLine): boolean {
  const { bytes, from } = line;
  // Most lines begin otherwise.
  return bytes[from + 2] === END_PREFIX.charCodeAt(2) && parseEnd(textOf(line)) !== undefined;
}
