/** Writes the lines of files to their buckets. */
import { join } from 'node:path';
import type { AuditList, EvidenceHeader } from '../../evidence.ts';
import { STREAM_FUNCTIONS } from '../model/history.ts';
import { END_PREFIX, parseEnd } from '../endRecord.ts';
import { checkHistoryHeader, journalHeader } from '../entries.ts';
import { evidenceError, parseLine } from '../evidenceError.ts';
import { AUDIT_LISTS, AuditCursor, type DescribedAudit } from '../readAudits.ts';
import { isJson } from '../readEvidence.ts';
import { BlockFile, type Blocks } from './blockFile.ts';
import { Buckets, type KnownBuckets } from './buckets.ts';
import { forEachLine, type ByteLine, type ReadingOptions } from './byteLines.ts';
import { historyRoute, journalRoute, rowRoutes, type Route } from './route.ts';

export interface SpreadJournal {
  readonly kind: 'journal';
  readonly name: string;
  readonly service: number;
  readonly pid: number;
}

/** A file of the evidence, or one list of an audit. The numbers follow their order in the whole. */
export type SpreadFile =
  | { readonly kind: 'history'; readonly name: string }
  | SpreadJournal
  | { readonly kind: 'rows'; readonly name: string; readonly list: AuditList };

/** Where lines are distributed to. */
export interface SpreadPlan {
  readonly dir: string;
  readonly buckets: number;
  /** The descriptor of the file that receives the lines. */
  readonly descriptor: number;
  /** The approximate number of bytes to distribute. */
  readonly bytes: number;
}

/** A journal, and its number among all files. */
export interface JournalPlace {
  readonly name: string;
  readonly number: number;
}

/** What was distributed, as plain data. */
export interface SpreadLines {
  /** By bucket: the places of its lines, and their size in bytes. */
  readonly blocks: readonly Blocks[];
  readonly sizes: readonly number[];
  readonly known: KnownBuckets;
}

export class LineSpreader {
  readonly buckets: Buckets;
  readonly blocks: BlockFile;
  /** The files of all threads, in order. */
  readonly files: SpreadFile[] = [];
  private readonly dir: string;
  private readonly options: ReadingOptions;

  constructor({ dir, buckets, descriptor, bytes }: SpreadPlan, options: ReadingOptions) {
    this.dir = dir;
    this.options = options;
    this.buckets = new Buckets(buckets, bytes);
    this.blocks = new BlockFile(buckets + 1, descriptor);
  }

  /** Resolves with the number of lines. */
  async histories(names: readonly string[], header: EvidenceHeader): Promise<number> {
    const isOfStream = (f: string): boolean => (STREAM_FUNCTIONS as readonly string[]).includes(f);
    let operations = 0;
    for (const [number, name] of names.entries()) {
      const route = historyRoute(this.buckets, isOfStream);
      operations += await this.spreadLines(name, number, route, (first) => {
        checkHistoryHeader(first, header, name);
        this.files.push({ kind: 'history', name });
      });
    }
    return operations;
  }

  async journal({ name, number }: JournalPlace): Promise<SpreadJournal> {
    let file: SpreadJournal | undefined;
    await this.spreadLines(name, number, journalRoute(this.buckets), (first) => {
      file = { kind: 'journal', name, ...journalHeader(first, name) };
    });
    return file as SpreadJournal;
  }

  /** Everything that was distributed. Nothing can be added afterwards. */
  finish(): SpreadLines {
    const { blocks, buckets } = this;
    return {
      blocks: blocks.sizes.map((_, bucket) => blocks.finish(bucket)),
      sizes: blocks.sizes,
      known: buckets.known,
    };
  }

  /** The rows of all audits, except audits with the content of an earlier one. */
  async audits(names: readonly string[], described: readonly DescribedAudit[]): Promise<void> {
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

  /**
   * Distributes the lines of a history or a journal. `open` gets the first line. Resolves with the number of the
   * others.
   */
  private async spreadLines(
    name: string,
    number: number,
    route: Route,
    open: (first: unknown) => void,
  ): Promise<number> {
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
        open(parseLine(textOf(line), name, 1));
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

  private put(route: Route, file: number, { bytes, from, number }: ByteLine, to: number): void {
    this.blocks.add(route(bytes, from, to), `${file} ${number} `, bytes, from, to);
  }
}

const COMMA = 0x2c;
/** Longer than any line of an audit that is not a row. */
const SHORT = 64;

function textOf({ bytes, from, to }: ByteLine): string {
  return bytes.toString('utf8', from, to);
}

function shortTextOf({ bytes, from, to }: ByteLine): string {
  return to - from > SHORT ? '' : bytes.toString('utf8', from, to);
}

function isEnd(line: ByteLine): boolean {
  const { bytes, from } = line;
  // Most lines differ from an end record in this character.
  return bytes[from + 2] === END_PREFIX.charCodeAt(2) && parseEnd(textOf(line)) !== undefined;
}
