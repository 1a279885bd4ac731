/** How much evidence can be judged in the memory that there is. */
import { getHeapStatistics } from 'node:v8';
import { LockstepError } from '../../scenarios/lockstepError.ts';

const MEGABYTE = 1024 * 1024;

/** What judging takes for each byte of evidence, on the heap. Measured: 3 to 4 for mixes of any kind. */
const HEAP_A_BYTE = 5;
/** Evidence of no more bytes is not worth being sorted into parts, however much memory there is. */
const MOST_WHOLE_BYTES = 24 * MEGABYTE;
/**
 * Of a part, where streams are not larger alone. What is made of so little dies young, and stays near the processor: parts
 * of 24 MB take three times as long for each byte.
 */
const MOST_PART_BYTES = 2 * MEGABYTE;
/** Below this nothing is gained by parts. */
const LEAST_PART_BYTES = MEGABYTE;
/** What objects that have just been made may take in a thread: all of a part's, so that none is moved twice. */
const MOST_YOUNG_BYTES = 192 * MEGABYTE;
/** What Node.js counts to its limit for objects that have just been made, where nobody sets it. */
const NEW_OBJECTS_BYTES = 48 * MEGABYTE;
/** What the commands that judge take themselves, and a little to work with. */
const LEAST_HEAP_BYTES = 32 * MEGABYTE;
/** What the description of a run takes on the heap for each byte of its file: it is there as text, and read. */
const HEAP_A_DESCRIPTION_BYTE = 8;

export interface MemoryPlan {
  /** What objects may take. */
  readonly heapBytes: number;
  /** Evidence of no more bytes is judged as a whole. */
  readonly wholeBytes: number;
  /** Of a part of larger evidence. */
  readonly partBytes: number;
  /** A part of more bytes cannot be judged. */
  readonly mostBytes: number;
  /** Of the heap of a thread that judges parts, for what has just been made. */
  readonly youngBytes: number;
}

/** For a heap that may grow up to `limit`, in bytes. */
export function planMemory(limit: number = getHeapStatistics().heap_size_limit): MemoryPlan {
  const heapBytes = Math.max(MEGABYTE, limit - NEW_OBJECTS_BYTES);
  const mostBytes = heapBytes / HEAP_A_BYTE;
  const partBytes = Math.max(LEAST_PART_BYTES, Math.min(MOST_PART_BYTES, mostBytes / 2));
  return {
    heapBytes,
    wholeBytes: Math.min(MOST_WHOLE_BYTES, mostBytes / 2),
    partBytes,
    mostBytes,
    youngBytes: Math.min(MOST_YOUNG_BYTES, heapBytes / 8),
  };
}

/** Throws EVIDENCE_TOO_LARGE where not even the run's description can be read, a file of so many bytes. */
export function requireRoom(descriptionBytes: number, { heapBytes }: MemoryPlan): void {
  const wanted = LEAST_HEAP_BYTES + descriptionBytes * HEAP_A_DESCRIPTION_BYTE;
  if (wanted <= heapBytes) return;
  throw new LockstepError(
    'EVIDENCE_TOO_LARGE',
    `Expected at least ${megabytes(wanted)} MB of memory to judge this evidence, but Node.js may use only ` +
      `${megabytes(heapBytes)} MB. Set NODE_OPTIONS=--max-old-space-size=${megabytes(2 * wanted)}.`,
  );
}

/** Of a part of so many bytes, whether it is so large or was found to be. */
export function tooLarge(bytes: number, { heapBytes }: MemoryPlan): LockstepError {
  const wanted = Math.max(2 * heapBytes, bytes * HEAP_A_BYTE);
  return new LockstepError(
    'EVIDENCE_TOO_LARGE',
    `The evidence does not fit into memory: ${megabytes(bytes)} MB of it belong to one large stream, or to streams that share ` +
      `tokens, and must be judged together, but Node.js may use only ${megabytes(heapBytes)} MB. ` +
      `Set NODE_OPTIONS=--max-old-space-size=${megabytes(wanted)}, or run fewer operations.`,
  );
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / MEGABYTE);
}
