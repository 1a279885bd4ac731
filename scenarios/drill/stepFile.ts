/** The files in which a drill records its steps, the faults that struck them, and which writers each side accepted. */
import { readFile } from 'node:fs/promises';
import * as z from '../../adapters/contract/zod.ts';
import type { Json } from '../../adapters/contract/index.ts';
import { defined } from '../../adapters/contract/defined.ts';
import { END_PREFIX } from '../evidence/endRecord.ts';
import { evidenceError, parseLine } from '../evidence/evidenceError.ts';
import { openEvidence, type OnUnwritten } from '../evidence/evidenceStream.ts';
import { PROBES_FILE, STEPS_FILE } from '../evidence/files.ts';
import { ASKED_AS, ASKED_OUTCOMES, type ProbeLine } from '../load/service/authorityProbe.ts';
import { SIDES, type Side } from '../load/service/migrating.ts';

/** An entry of the file of steps. Times are integer nanoseconds since the run's start, as everywhere in evidence. */
export type DrillEntry = DrillLine | StepLine | TroubleLine | EndLine;

/** The first line. */
export interface DrillLine {
  readonly type: 'drill';
  readonly source: string;
  readonly target: string;
  /** The names of the steps, in order. */
  readonly steps: readonly string[];
  /** How many effects must be answered in each step. */
  readonly leastEffects: number;
}

/** A step that has ended. */
export interface StepLine {
  readonly type: 'step';
  readonly number: number;
  readonly name: string;
  readonly way: 'forward' | 'back';
  readonly from: number;
  /** When the whole fleet had taken the step. */
  readonly taken: number;
  readonly to: number;
  /** The figures of the step, such as those of the backfill or of the hand over. */
  readonly figures: Readonly<Record<string, Json>>;
  /** Why the step could not be taken. */
  readonly problem?: string;
}

/** Trouble of the move itself, or of a whole side. Strikes of sections are in `faults.jsonl`. */
export interface TroubleLine {
  readonly type: 'trouble';
  readonly name: string;
  readonly step: number;
  /** When the trouble had taken hold. Absent: it never did. */
  readonly at?: number;
  readonly until?: number;
  readonly proof?: string;
  readonly missed?: string;
}

/** The last line. */
export interface EndLine {
  readonly type: 'end';
  /** The side that has the authority. */
  readonly decides: Side;
  /** The number of compared records, and the different ones. Absent: the sides could not be compared. */
  readonly compared?: number;
  readonly differences?: readonly string[];
  readonly owed?: number;
  /** Whether the move was finished. Then the sides were compared just before, and only the new side is in use. */
  readonly finished?: true;
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
  end: z.looseObject({
    decides: z.enum(SIDES),
    compared: z.int().exactOptional(),
    differences: z.array(z.string()).exactOptional(),
    owed: z.int().exactOptional(),
    finished: z.literal(true).exactOptional(),
  }),
} satisfies Record<DrillEntry['type'], z.ZodType>;

const probeSchema = z.looseObject({
  type: z.literal('probe'),
  side: z.enum(SIDES),
  as: z.enum(ASKED_AS),
  epoch: z.int().min(0),
  outcome: z.enum(ASKED_OUTCOMES),
  call: time,
  return: time,
  lastCall: time,
  lastReturn: time,
  count: z.int().min(1),
}) satisfies z.ZodType<ProbeLine>;

export interface StepFile {
  /** Writes at once, so that a drill that ends early leaves its entries. Throws EVIDENCE_UNWRITTEN. */
  write(entry: DrillEntry): void;
  /** Writes that the file is complete. Idempotent. Later entries are dropped. */
  close(): void;
}

export function openSteps(path: string, onUnwritten?: OnUnwritten): StepFile {
  const stream = openEvidence(path, defined({ onUnwritten }));
  return { write: (entry) => stream.add(entry), close: () => stream.close() };
}

/** Errors: EVIDENCE_MALFORMED, EVIDENCE_MISSING. */
export async function readSteps(path: string): Promise<DrillEntry[]> {
  return readLinesOf(path, STEPS_FILE, (value) => {
    const { type } = (value ?? {}) as { readonly type?: unknown };
    const isKnown = typeof type === 'string' && Object.hasOwn(SCHEMAS, type);
    return isKnown && SCHEMAS[type as DrillEntry['type']].safeParse(value).success
      ? (value as DrillEntry)
      : undefined;
  });
}

/** Reads which writers the sides accepted. Errors: like readSteps. */
export async function readProbes(path: string): Promise<ProbeLine[]> {
  return readLinesOf(path, PROBES_FILE, (value) => probeSchema.safeParse(value).data);
}

async function readLinesOf<T>(
  path: string,
  name: string,
  entryOf: (value: unknown) => T | undefined,
): Promise<T[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw evidenceError('EVIDENCE_MISSING', name, 'Expected the evidence of a drill', { cause });
  }
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith(END_PREFIX));
  return lines.map((line, index) => {
    const entry = entryOf(parseLine(line, name, index + 1));
    if (entry !== undefined) return entry;
    throw evidenceError('EVIDENCE_MALFORMED', name, 'Expected what a drill went through', {
      line: index + 1,
    });
  });
}
