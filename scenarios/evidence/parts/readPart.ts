/** Reads one part of distributed evidence, as readEvidence reads the whole. */
import type { Audit, AuditList, EvidencePart } from '../../evidence.ts';
import type { JournalEntry } from '../model/journal.ts';
import type { HistoryEntry } from '../model/history.ts';
import { historyEntry, journalEntries, type LinePlace } from '../entries.ts';
import { parseLine } from '../evidenceError.ts';
import { AUDIT_LISTS, auditRow } from '../readAudits.ts';
import { readBlocks, type Blocks } from './blockFile.ts';
import type { PartSource } from './spread.ts';

/** Parts are small, so finding equal texts would take longer than collecting them twice as garbage. */
const asTheyAre = undefined;

/** No file has more lines. */
const MAX_LINES = 2 ** 33;

/** No line of a journal contains more entries. */
const MAX_ENTRIES = 8;

/** The lines of one file in a part, in order. */
interface Content {
  readonly values: unknown[];
  /** The place of each entry: MAX_ENTRIES per earlier line, plus one per earlier entry of the same line. */
  readonly lines: number[];
}

/** Throws EVIDENCE_MALFORMED for invalid lines, with file and line. */
export function readPart(source: PartSource): EvidencePart {
  const { files, header, seededPlaces, audits, strikes } = source;
  const contents = readContents(source);
  const historyFiles = [...files.keys()].filter((file) => files[file]?.kind === 'history');
  const history = historyFiles.flatMap((file) => contents[file]?.values as HistoryEntry[]);
  const historyPlaces = historyFiles.flatMap(
    (file) => contents[file]?.lines.map((line) => placeOf(file, line)) ?? [],
  );
  const journalFiles = [...files.keys()].filter((file) => files[file]?.kind === 'journal');
  return {
    header,
    history,
    journals: journalFiles.map((file) => {
      const { service, pid } = files[file] as Extract<PartSource['files'][number], { kind: 'journal' }>;
      return { service, pid, entries: contents[file]?.values as JournalEntry[] };
    }),
    audits: audits.map(({ reader, like }) => {
      const lists = AUDIT_LISTS.map((list, index) => [list, contents[like + index]?.values] as const);
      return { reader, ...Object.fromEntries(lists) } as unknown as Audit;
    }),
    strikes,
    places: {
      seeded: (index) => seededPlaces[index] as number,
      history: (index) => historyPlaces[index] as number,
      journal: (journal, index) => {
        const file = journalFiles[journal] as number;
        return placeOf(file, contents[file]?.lines[index] as number);
      },
      row: (audit, list, index) => {
        const { first, like } = audits[audit] as PartSource['audits'][number];
        const at = AUDIT_LISTS.indexOf(list);
        return placeOf(first + at, contents[like + at]?.lines[index] as number);
      },
    },
  };
}

function placeOf(file: number, line: number): number {
  return file * MAX_LINES + line;
}

/** The history entries of these streams that are in this part. */
export function readHistoryOf(source: PartSource, streams: ReadonlySet<string>): PlacedEntry[] {
  const { blocks, files, header } = source;
  const found: PlacedEntry[] = [];
  for (const bucket of blocks) {
    forEachLineIn(bucket, ({ file, line, text }) => {
      const { kind, name } = files[file] as PartSource['files'][number];
      if (kind !== 'history') return;
      const entry = historyEntry(parseLine(text, name, line), header, { name, line }, asTheyAre);
      if (streams.has(entry.key)) found.push({ place: placeOf(file, line * MAX_ENTRIES), entry });
    });
  }
  return found;
}

/** A request, and its place in the whole evidence. */
export interface PlacedEntry {
  readonly place: number;
  readonly entry: HistoryEntry;
}

/** The contents by the numbers of the files. */
function readContents(source: PartSource): Content[] {
  const { blocks, files } = source;
  const contents = files.map((): Content => ({ values: [], lines: [] }));
  for (const bucket of blocks) {
    forEachLineIn(bucket, (line) => readLine(source, line, contents[line.file] as Content));
  }
  return source.buckets > 1 ? contents.map(sorted) : contents;
}

function readLine({ files, header }: PartSource, read: PartLine, { values, lines }: Content): void {
  const { file: number, line, text } = read;
  const file = files[number] as PartSource['files'][number];
  const place: LinePlace = { name: file.name, line };
  let at = line * MAX_ENTRIES;
  const take = (value: unknown): void => {
    values.push(value);
    lines.push(at);
    at += 1;
  };
  switch (file.kind) {
    case 'history':
      take(historyEntry(parseLine(text, file.name, line), header, place, asTheyAre));
      return;
    case 'journal':
      journalEntries(parseLine(text, file.name, line), place, asTheyAre, take);
      return;
    case 'rows':
      take(auditRow(text, file.list satisfies AuditList, place, asTheyAre));
      return;
    default:
      file satisfies never;
  }
}

function sorted({ values, lines }: Content): Content {
  const order = [...lines.keys()].sort((a, b) => (lines[a] as number) - (lines[b] as number));
  return { values: order.map((at) => values[at]), lines: order.map((at) => lines[at] as number) };
}

interface PartLine {
  readonly file: number;
  readonly line: number;
  readonly text: string;
}

function forEachLineIn(bucket: Blocks, take: (line: PartLine) => void): void {
  // Each block consists of whole lines.
  for (const block of readBlocks(bucket)) {
    const texts = block.toString('utf8');
    for (let from = 0; from < texts.length;) {
      const fileEnd = texts.indexOf(' ', from);
      const lineEnd = texts.indexOf(' ', fileEnd + 1);
      const end = texts.indexOf('\n', lineEnd);
      take({
        file: Number(texts.slice(from, fileEnd)),
        line: Number(texts.slice(fileEnd + 1, lineEnd)),
        text: texts.slice(lineEnd + 1, end),
      });
      from = end + 1;
    }
  }
}
