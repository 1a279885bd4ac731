/** Decides how much evidence can be judged with the available memory. */
import { getHeapStatistics } from 'node:v8';
import { LockstepError } from '../../scenarios/lockstepError.ts';

const MEGABYTE = 1024 * 1024;

/** The heap that judging needs per byte of evidence. Measured: 3 to 4 for all mixes. */
const HEAP_PER_BYTE = 5;
/** Evidence up to this size is not worth sorting into parts, however much memory there is. */
const MAX_WHOLE_BYTES = 24 * MEGABYTE;
/**
 * The size of a part, unless a single stream is larger. Small parts create few objects, which die young and stay in the
 * processor's cache: parts of 24 MB take three times as long per byte.
 */
const MAX_PART_BYTES = 2 * MEGABYTE;
/** Smaller parts bring no advantage. */
const MIN_PART_BYTES = MEGABYTE;
/** The heap for new objects in a thread: enough for a whole part, so that no object is moved twice. */
const MAX_YOUNG_BYTES = 192 * MEGABYTE;
/** What Node.js counts for new objects towards its limit by default. */
const NEW_OBJECTS_BYTES = 48 * MEGABYTE;
/** What the judging commands need themselves, with a small reserve. */
const MIN_HEAP_BYTES = 32 * MEGABYTE;
/** The heap that a run's description needs per byte of its file, for its text and its parsed value. */
const HEAP_PER_DESCRIPTION_BYTE = 8;

export interface MemoryPlan {
  /** The heap for objects. */
  readonly heapBytes: number;
  /** Evidence up to this size is judged as a whole. */
  readonly wholeBytes: number;
  /** The size of the parts of larger evidence. */
  readonly partBytes: number;
  /** A larger part cannot be judged. */
  readonly maxBytes: number;
  /** The heap for new objects in a thread that judges parts. */
  readonly youngBytes: number;
}

/** For a heap that can grow to `limit` bytes. */
export function planMemory(limit: number = getHeapStatistics().heap_size_limit): MemoryPlan {
  const heapBytes = Math.max(MEGABYTE, limit - NEW_OBJECTS_BYTES);
  const maxBytes = heapBytes / HEAP_PER_BYTE;
  const partBytes = Math.max(MIN_PART_BYTES, Math.min(MAX_PART_BYTES, maxBytes / 2));
  return {
    heapBytes,
    wholeBytes: Math.min(MAX_WHOLE_BYTES, maxBytes / 2),
    partBytes,
    maxBytes,
    youngBytes: Math.min(MAX_YOUNG_BYTES, heapBytes / 8),
  };
}

/** Throws EVIDENCE_TOO_LARGE if there is not even room for the run's description, a file of this size. */
export function requireRoom(descriptionBytes: number, { heapBytes }: MemoryPlan): void {
  const wanted = MIN_HEAP_BYTES + descriptionBytes * HEAP_PER_DESCRIPTION_BYTE;
  if (wanted <= heapBytes) return;
  throw new LockstepError(
    'EVIDENCE_TOO_LARGE',
    `Expected at least ${megabytes(wanted)} MB of memory to judge this evidence, but Node.js may use only ` +
      `${megabytes(heapBytes)} MB. Set NODE_OPTIONS=--max-old-space-size=${megabytes(2 * wanted)}.`,
  );
}

/** The error for a part of this size, whether or not that was known in advance. */
export function tooLarge(bytes: number, { heapBytes }: MemoryPlan): LockstepError {
  const wanted = Math.max(2 * heapBytes, bytes * HEAP_PER_BYTE);
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
