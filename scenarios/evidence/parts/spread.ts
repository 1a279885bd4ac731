/**
 * Distributes evidence that does not fit into memory to parts that can be judged one by one. A pass over all files
 * writes each line to its bucket, and several small buckets form one part.
 */
import { closeSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Audit, EvidenceHeader, Strike } from '../../evidence.ts';
import { evidenceNames, namesOf, STRIKES_FILE } from '../files.ts';
import { AUDIT_LISTS, describeAudits } from '../readAudits.ts';
import { readStrikes } from '../../faults/strikes/strikeFile.ts';
import type { SpreadThread } from './beside.ts';
import { openNameless, type Blocks } from './blockFile.ts';
import { REST } from './buckets.ts';
import type { ReadingOptions } from './byteLines.ts';
import {
  LineSpreader,
  type JournalPlace,
  type SpreadFile,
  type SpreadJournal,
  type SpreadLines,
  type SpreadPlan,
} from './spreadLines.ts';

/** The place of a part, as plain data that any thread can read. */
export interface PartSource {
  /** The number of its buckets. The lines of a bucket are in the order of their files. */
  readonly buckets: number;
  readonly blocks: readonly Blocks[];
  readonly bytes: number;
  readonly files: readonly SpreadFile[];
  /** The first file of each audit's rows; for an audit with equal content, that of the first such audit. */
  readonly audits: readonly {
    readonly reader: Audit['reader'];
    readonly first: number;
    readonly like: number;
  }[];
  /** Its seeded streams are those of this part. `places` has their places among all. */
  readonly header: EvidenceHeader;
  readonly seededPlaces: readonly number[];
  readonly strikes: readonly Strike[];
}

export interface SpreadEvidence {
  readonly header: EvidenceHeader;
  /** The number of lines in the histories. */
  readonly operations: number;
  /** The service of each journal. */
  readonly journaled: readonly number[];
  readonly readers: readonly Audit['reader'][];
  readonly strikes: readonly Strike[];
  /** The first part contains what belongs to no stream. */
  readonly parts: readonly PartSource[];
  /** The part for the stream, whether or not it has any lines. */
  partOf(stream: string): PartSource;
  /** Frees the space that the parts take. */
  close(): void;
}

export interface SpreadOptions extends ReadingOptions {
  readonly header: EvidenceHeader;
  /** The approximate size of a part, in bytes of evidence, unless a single stream is larger. */
  readonly partBytes: number;
  /** Distributes journals at the same time. Default: this thread distributes everything. */
  readonly beside?: SpreadThread | undefined;
}

/** While lines are added, each bucket has a block in memory. */
const MAX_BUCKETS = 1024;
/** The number of buckets per part. With fewer, two large streams share one more often. */
const BUCKETS_PER_PART = 16;

/** The size of the evidence in `dir`, in bytes. Audits with equal content count once. */
export async function sizeOfEvidence(dir: string): Promise<number> {
  const names = await evidenceNames(dir);
  const sizeOf = async (name: string): Promise<number> => (await stat(join(dir, name))).size;
  const audits = namesOf('audit', names);
  const lines = names.filter((name) => !audits.includes(name));
  const sizes = await Promise.all(lines.map(sizeOf));
  const largest = Math.max(0, ...(await Promise.all(audits.map(sizeOf))));
  return sizes.reduce((sum, size) => sum + size, largest);
}

/** Errors: those of readEvidence, except for problems that only show when a line is parsed; EVIDENCE_TOO_LARGE. */
export async function spreadEvidence(dir: string, options: SpreadOptions): Promise<SpreadEvidence> {
  const bytes = await sizeOfEvidence(dir);
  const wanted = Math.ceil((BUCKETS_PER_PART * bytes) / options.partBytes);
  const spreading = new Spreading(dir, options, {
    buckets: Math.max(1, Math.min(MAX_BUCKETS, wanted)),
    bytes,
  });
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
  private readonly lines: LineSpreader;
  private readonly plan: SpreadPlan;
  private readonly descriptors: number[] = [];
  /** The lines that the other thread has distributed. */
  private besides: SpreadLines | undefined;
  private readonly failures: { readonly number: number; readonly error: unknown }[] = [];

  constructor(
    dir: string,
    options: SpreadOptions,
    size: { readonly buckets: number; readonly bytes: number },
  ) {
    this.dir = dir;
    this.options = options;
    this.plan = { dir, ...size, descriptor: this.openFile() };
    this.lines = new LineSpreader(this.plan, options);
  }

  close(): void {
    for (const descriptor of this.descriptors.splice(0)) closeSync(descriptor);
  }

  async run(): Promise<SpreadEvidence> {
    const { dir, lines } = this;
    const { header } = this.options;
    const names = await evidenceNames(dir);
    const { operations, journals } = await this.requests(
      namesOf('history', names),
      namesOf('journal', names),
    );
    lines.files.push(...journals);
    if (this.besides !== undefined) lines.buckets.absorb(this.besides.known);
    const auditNames = namesOf('audit', names);
    const described = await describeAudits(dir, auditNames);
    const firstRows = lines.files.length;
    await lines.audits(auditNames, described);
    const strikes = names.includes(STRIKES_FILE) ? await readStrikes(join(dir, STRIKES_FILE)) : [];
    const firstOf = (audit: number): number => firstRows + audit * AUDIT_LISTS.length;
    const audits = described.map(({ file, like }, audit) => ({
      reader: file.reader,
      first: firstOf(audit),
      like: firstOf(like),
    }));
    return {
      header,
      operations,
      journaled: journals.map(({ service }) => service),
      readers: described.map(({ file }) => file.reader),
      strikes,
      ...this.parts(audits, strikes),
      close: () => this.close(),
    };
  }

  /** The other thread takes journals from the front, and this one takes them from the end after the histories. */
  private async requests(
    histories: readonly string[],
    journalNames: readonly string[],
  ): Promise<{ readonly operations: number; readonly journals: readonly SpreadJournal[] }> {
    const { lines } = this;
    const { beside, header } = this.options;
    const left = journalNames.map((name, index) => ({ name, number: histories.length + index }));
    const journals: SpreadJournal[] = [];
    const spread = async (place: JournalPlace, by: Pick<LineSpreader, 'journal'>): Promise<void> => {
      await this.tried(place.number, async () => {
        journals[place.number - histories.length] = await by.journal(place);
      });
    };
    const theirs = async (): Promise<void> => {
      if (beside === undefined) return;
      await this.tried(0, () => beside.begin({ ...this.plan, descriptor: this.openFile() }, this.options));
      for (let place = left.shift(); place !== undefined; place = left.shift()) await spread(place, beside);
      await this.tried(0, async () => void (this.besides = await beside.finish()));
    };
    let operations = 0;
    const ours = async (): Promise<void> => {
      await this.tried(0, async () => void (operations = await lines.histories(histories, header)));
      for (let place = left.pop(); place !== undefined; place = left.pop()) await spread(place, lines);
    };
    await Promise.all([ours(), theirs()]);
    // As if a single thread had read the files one after another.
    const [first] = this.failures.sort((a, b) => a.number - b.number);
    if (first !== undefined) throw first.error;
    return { operations, journals };
  }

  /** Keeps an error for later: a file must not be closed while another thread still writes to it. */
  private async tried(number: number, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.failures.push({ number, error });
    }
  }

  private openFile(): number {
    const descriptor = openNameless();
    this.descriptors.push(descriptor);
    return descriptor;
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
    const besides = this.besides?.blocks ?? [];
    const files = this.lines.files;
    const parts = groups.map((group): PartSource => {
      const places = group.roots.flatMap((root) => seeded.get(root) ?? []).sort((a, b) => a - b);
      return {
        buckets: group.members.length,
        blocks: group.members.flatMap((bucket) => [
          this.lines.blocks.finish(bucket),
          ...(besides[bucket] === undefined ? [] : [besides[bucket]]),
        ]),
        bytes: group.bytes,
        files,
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
    const { buckets } = this.lines;
    return buckets.rootOf(buckets.ofStream(name, 0, name.length));
  }

  /** Joined buckets stay together. Others are combined until they are large enough for a part. */
  private groups(): Group[] {
    const joined = new Map<number, Group>();
    for (const [bucket, own] of this.lines.blocks.sizes.entries()) {
      const bytes = own + (this.besides?.sizes[bucket] ?? 0);
      const root = this.lines.buckets.rootOf(bucket);
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
