/** The file in which a drill notes what it went through: its steps, what struck them, and whom either side let write. */
import { readFile } from 'node:fs/promises';
import * as z from '../../adapters/contract/zod.ts';
import type { Json } from '../../adapters/contract/index.ts';
import { END_PREFIX } from '../load/endRecord.ts';
import { evidenceError, parseLine } from '../load/evidenceError.ts';
import { openEvidence, type OnUnwritten } from '../load/evidenceStream.ts';
import { STEPS_FILE } from '../load/files.ts';
import { SIDES, type Side } from '../load/migrating.ts';

/** Times are integer nanoseconds since the run's start, as everywhere in evidence. */
export type DrillEntry = DrillLine | StepLine | TroubleLine | ProbeLine | EndLine;

/** The first line. */
export interface DrillLine {
  readonly type: 'drill';
  readonly source: string;
  readonly target: string;
  /** Names of the steps, in their order. */
  readonly steps: readonly string[];
  /** So many effects must have been answered in each step. */
  readonly leastEffects: number;
}

/** A step that is over. */
export interface StepLine {
  readonly type: 'step';
  readonly number: number;
  readonly name: string;
  readonly way: 'forward' | 'back';
  readonly from: number;
  /** When the whole fleet had taken it. */
  readonly taken: number;
  readonly to: number;
  /** What it came to: figures of the backfill, of the hand over. */
  readonly figures: Readonly<Record<string, Json>>;
  /** Why it could not be taken. */
  readonly problem?: string;
}

/** What struck the move itself, or a whole side; those that struck a section are in `faults.jsonl`. */
export interface TroubleLine {
  readonly type: 'trouble';
  readonly name: string;
  readonly step: number;
  /** When it had taken hold; absent: it did not. */
  readonly at?: number;
  readonly until?: number;
  readonly proof?: string;
  readonly missed?: string;
}

/** What came of the same harmless write, asked for again and again, for as long as that was the same. */
export interface ProbeLine {
  readonly type: 'probe';
  readonly side: Side;
  /**
   * As whom: a binary that knows of no epoch, the side's own epoch, or one before that.
   */
  readonly as: 'unmarked' | 'deciding' | 'outdated';
  /** The side's epoch, as it was read before; of an outdated one that of the write. */
  readonly epoch: number;
  readonly outcome: 'accepted' | 'refused' | 'unknown';
  /** The first and last of these writes: when the first was sent, the first and the last were answered, and the last sent. */
  readonly call: number;
  readonly return: number;
  readonly lastCall: number;
  readonly lastReturn: number;
  readonly count: number;
}

/** The last line. */
export interface EndLine {
  readonly type: 'end';
  /** Which side has the authority. */
  readonly decides: Side;
  /** Records compared, and how many differ; absent: nobody could compare them. */
  readonly compared?: number;
  readonly differences?: readonly string[];
  readonly owed?: number;
}

const time = z.int().min(0);
const SCHEMAS = {
  drill: z.looseObject({
    source: z.string(),
    target: z.string(),
    steps: z.array(z.string()),
    leastEffects: z.int().min(0),
  }),
  step: z.looseObject({
    number: z.int(),
    name: z.string(),
    way: z.enum(['forward', 'back']),
    from: time,
    taken: time,
    to: time,
    figures: z.record(z.string(), z.unknown()),
    problem: z.string().exactOptional(),
  }),
  trouble: z.looseObject({
    name: z.string(),
    step: z.int(),
    at: time.exactOptional(),
    until: time.exactOptional(),
    proof: z.string().exactOptional(),
    missed: z.string().exactOptional(),
  }),
  probe: z.looseObject({
    side: z.enum(SIDES),
    as: z.enum(['unmarked', 'deciding', 'outdated']),
    epoch: z.int(),
    outcome: z.enum(['accepted', 'refused', 'unknown']),
    call: time,
    return: time,
    lastCall: time,
    lastReturn: time,
    count: z.int().min(1),
  }),
  end: z.looseObject({
    decides: z.enum(SIDES),
    compared: z.int().exactOptional(),
    differences: z.array(z.string()).exactOptional(),
    owed: z.int().exactOptional(),
  }),
} satisfies Record<DrillEntry['type'], z.ZodType>;

export interface StepFile {
  /** At once: a drill that ends early has gone through it all the same. Throws EVIDENCE_UNWRITTEN. */
  write(entry: DrillEntry): void;
  /** Writes that this is the end. Idempotent; what is written afterwards is dropped. */
  close(): void;
}

export function openSteps(path: string, onUnwritten?: OnUnwritten): StepFile {
  const stream = openEvidence(path, onUnwritten === undefined ? {} : { onUnwritten });
  return { write: (entry) => stream.add(entry), close: () => stream.close() };
}

/** Errors: EVIDENCE_MALFORMED, EVIDENCE_MISSING. */
export async function readSteps(path: string): Promise<DrillEntry[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw evidenceError('EVIDENCE_MISSING', STEPS_FILE, 'Expected the evidence of a drill', { cause });
  }
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith(END_PREFIX));
  return lines.map((line, index) => entryOf(parseLine(line, STEPS_FILE, index + 1), index + 1));
}

function entryOf(value: unknown, line: number): DrillEntry {
  const { type } = (value ?? {}) as { readonly type?: unknown };
  const schema =
    typeof type === 'string' && Object.hasOwn(SCHEMAS, type)
      ? SCHEMAS[type as DrillEntry['type']]
      : undefined;
  if (schema?.safeParse(value).success === true) return value as DrillEntry;
  throw evidenceError('EVIDENCE_MALFORMED', STEPS_FILE, 'Expected what a drill went through', { line });
}
