/**
 * One temporary file with the lines of many buckets, in blocks. Its name is removed as soon as it is open, so that
 * nothing is left of it however the process ends. Other threads read it by its descriptor.
 */
import { mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LockstepError } from '../../lockstepError.ts';

const BLOCK_BYTES = 16 * 1024;

/** The places of a bucket's bytes in a file, in order: offset, length, offset, length, … */
export interface Blocks {
  readonly descriptor: number;
  readonly places: readonly number[];
}

export class BlockFile {
  readonly descriptor: number;
  /** The number of bytes that were added to each bucket. */
  readonly sizes: number[];
  private readonly blocks: number[][];
  private readonly buffers: (Buffer | undefined)[];
  private readonly used: number[];
  private end = 0;

  /** `descriptor`: from openNameless. */
  constructor(buckets: number, descriptor: number) {
    this.descriptor = descriptor;
    this.blocks = Array.from({ length: buckets }, () => []);
    this.buffers = Array.from({ length: buckets });
    this.used = Array.from({ length: buckets }, () => 0);
    this.sizes = Array.from({ length: buckets }, () => 0);
  }

  /** Adds a line: `head`, then the bytes of `line` from `from` to `to`, then a line break. */
  add(bucket: number, head: string, line: Buffer, from: number, to: number): void {
    const length = head.length + to - from + 1;
    this.sizes[bucket] = (this.sizes[bucket] as number) + length;
    if ((this.used[bucket] as number) + length > BLOCK_BYTES) this.flush(bucket);
    if (length > BLOCK_BYTES) {
      const block = Buffer.allocUnsafe(length);
      put(block, 0, head, line, from, to);
      this.write(bucket, block, length);
      return;
    }
    const buffer = (this.buffers[bucket] ??= Buffer.allocUnsafe(BLOCK_BYTES));
    put(buffer, this.used[bucket] as number, head, line, from, to);
    this.used[bucket] = (this.used[bucket] as number) + length;
  }

  /** The blocks of a bucket. Nothing can be added to the bucket afterwards. */
  finish(bucket: number): Blocks {
    this.flush(bucket);
    this.buffers[bucket] = undefined;
    return { descriptor: this.descriptor, places: this.blocks[bucket] as number[] };
  }

  private flush(bucket: number): void {
    const used = this.used[bucket] as number;
    if (used > 0) this.write(bucket, this.buffers[bucket] as Buffer, used);
    this.used[bucket] = 0;
  }

  private write(bucket: number, bytes: Buffer, length: number): void {
    for (let at = 0; at < length;) {
      try {
        at += writeSync(this.descriptor, bytes, at, length - at, this.end + at);
      } catch (error) {
        throw outOfRoom(error);
      }
    }
    (this.blocks[bucket] as number[]).push(this.end, length);
    this.end += length;
  }
}

function put(into: Buffer, at: number, head: string, line: Buffer, from: number, to: number): void {
  // A loop, because calling a method of the buffer takes longer than copying a few digits.
  for (let index = 0; index < head.length; index += 1) into[at + index] = head.charCodeAt(index);
  const start = at + head.length;
  line.copy(into, start, from, to);
  into[start + to - from] = 0x0a;
}

/** Opens a file without a name. Throws EVIDENCE_TOO_LARGE. */
export function openNameless(): number {
  try {
    const dir = mkdtempSync(join(tmpdir(), 'lockstep-parts-'));
    const descriptor = openSync(join(dir, 'parts'), 'wx+', 0o600);
    rmSync(dir, { recursive: true });
    return descriptor;
  } catch (error) {
    throw outOfRoom(error);
  }
}

function outOfRoom(error: unknown): LockstepError {
  const why = error instanceof Error ? error.message : String(error);
  return new LockstepError(
    'EVIDENCE_TOO_LARGE',
    `The evidence is too large to judge in memory, and its parts cannot be written to ${tmpdir()}: ${why}. Set TMPDIR to a folder with as much free space as the evidence takes.`,
    { cause: error },
  );
}

/** All blocks are read into this buffer, because the first use of new memory takes longer than reading. */
const scratch = Buffer.alloc(BLOCK_BYTES);

/** The bytes of a bucket, block by block. Each block is valid until the next one is requested. */
export function* readBlocks({ descriptor, places }: Blocks): Generator<Buffer, void, void> {
  for (let at = 0; at < places.length; at += 2) {
    const [offset, length] = [places[at] as number, places[at + 1] as number];
    const bytes = length <= BLOCK_BYTES ? scratch.subarray(0, length) : Buffer.allocUnsafe(length);
    for (let read = 0; read < length;) {
      const got = readSync(descriptor, bytes, read, length - read, offset + read);
      if (got === 0) throw new Error('Expected the block that was written, and the file ends before it.');
      read += got;
    }
    yield bytes;
  }
}
