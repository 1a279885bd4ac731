/**
 * An ordered set of positions. It consists of blocks, so that an insertion moves at most one block. New positions are
 * sorted in when somebody reads the index: most rows are written long before they are listed.
 */
import { compareIds } from '../contract/index.ts';

/** Where a row stands in an index: by time first, then by id as UTF-8 bytes. */
export interface Position {
  /** The time with its fraction padded to six digits and without `Z`. Empty in an index that sorts by id alone. */
  readonly time: string;
  readonly id: string;
}

export function comparePositions(a: Position, b: Position): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return compareIds(a.id, b.id);
}

/** The most positions of a block. A full block is split into two halves. */
const MAX_BLOCK_LENGTH = 128;

export class SortedIndex {
  /** No block is empty, and all positions of a block are below those of the next one. */
  readonly #blocks: Position[][] = [];
  #unordered: Position[] = [];

  get isEmpty(): boolean {
    return this.#blocks.length === 0 && this.#unordered.length === 0;
  }

  insert(position: Position): void {
    this.#unordered.push(position);
  }

  #order(): void {
    if (this.#unordered.length === 0) return;
    const positions = this.#unordered.sort(comparePositions);
    this.#unordered = [];
    for (const position of positions) this.#insert(position);
  }

  #insert(position: Position): void {
    if (this.#blocks.length === 0) {
      this.#blocks.push([position]);
      return;
    }
    const number = this.#blockOf(position);
    const block = this.#blocks[number] as Position[];
    block.splice(countBelow(block, position), 0, position);
    if (block.length > MAX_BLOCK_LENGTH) {
      this.#blocks.splice(number + 1, 0, block.splice(MAX_BLOCK_LENGTH / 2));
    }
  }

  remove(position: Position): void {
    this.#order();
    const number = this.#blockOf(position);
    const block = this.#blocks[number];
    if (block === undefined) return;
    const offset = countBelow(block, position);
    const found = block[offset];
    if (found === undefined || comparePositions(found, position) !== 0) return;
    block.splice(offset, 1);
    if (block.length === 0) this.#blocks.splice(number, 1);
  }

  /** The positions above `after` in rising order; without `after`, all of them. The index must not change meanwhile. */
  *rising(after?: Position): Generator<Position> {
    this.#order();
    const first = after === undefined ? 0 : this.#blockOf(after);
    for (let number = first; number < this.#blocks.length; number += 1) {
      const block = this.#blocks[number] as Position[];
      let offset = after === undefined || number > first ? 0 : countUpTo(block, after);
      for (; offset < block.length; offset += 1) yield block[offset] as Position;
    }
  }

  /**
   * The positions below `after` in falling order; without `after`, all of them. The index must not change meanwhile.
   */
  *falling(after?: Position): Generator<Position> {
    this.#order();
    const first = after === undefined ? this.#blocks.length - 1 : this.#blockOf(after);
    for (let number = first; number >= 0; number -= 1) {
      const block = this.#blocks[number];
      if (block === undefined) return;
      let offset = (after === undefined || number < first ? block.length : countBelow(block, after)) - 1;
      for (; offset >= 0; offset -= 1) yield block[offset] as Position;
    }
  }

  /** The last block that starts at or below `position`, or the first block. */
  #blockOf(position: Position): number {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      const start = this.#blocks[middle]?.[0] as Position;
      if (comparePositions(start, position) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** How many positions of `block` lie below `position`. */
function countBelow(block: readonly Position[], position: Position): number {
  return partition(block, (entry) => comparePositions(entry, position) < 0);
}

/** How many positions of `block` lie below or at `position`. */
function countUpTo(block: readonly Position[], position: Position): number {
  return partition(block, (entry) => comparePositions(entry, position) <= 0);
}

function partition(block: readonly Position[], isLeft: (entry: Position) => boolean): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isLeft(block[middle] as Position)) low = middle + 1;
    else high = middle;
  }
  return low;
}
