/**
 * Which operations are linearized, as words of bits. Those that must take effect are numbered in the order of their
 * calls, so the set is full up to a point and empty beyond another: only the words in between tell one set from another.
 * Those that need not take effect may stay out for good, so they stand apart, in the first words.
 */
import type { Operation } from '../operation.ts';
import { byCall } from './eventList.ts';

const FULL = -1;

export class Bitset {
  readonly words: Int32Array;
  /** How many words at the start belong to operations that need not take effect. */
  readonly fixed: number;
  /** First word that is not full, and last that is not empty, of the rest. */
  low: number;
  high: number;
  /** Sum of random numbers, one an operation: the same for equal sets, whatever the order. */
  hash = 0;
  private readonly places: Int32Array;
  private readonly salts: Int32Array;

  constructor(operations: readonly Operation[]) {
    const count = operations.length;
    const optional = operations.reduce((sum, operation) => sum + (operation.optional ? 1 : 0), 0);
    this.fixed = Math.ceil(optional / 32);
    this.places = new Int32Array(count);
    this.salts = new Int32Array(count);
    let nextOptional = 0;
    let nextRequired = this.fixed * 32;
    for (const id of byCall(operations)) {
      const isOptional = (operations[id] as Operation).optional;
      this.places[id] = isOptional ? nextOptional++ : nextRequired++;
      this.salts[id] = salt(id);
    }
    this.words = new Int32Array(this.fixed + Math.ceil((count - optional) / 32) + 1);
    this.low = this.fixed;
    this.high = this.fixed;
  }

  static bytesFor(count: number): number {
    return 9 * count;
  }

  add(id: number): void {
    const { words } = this;
    const place = this.places[id] as number;
    const word = place >>> 5;
    words[word] = (words[word] as number) | (1 << (place & 31));
    this.hash = (this.hash + (this.salts[id] as number)) | 0;
    if (word < this.fixed) return;
    if (word > this.high) this.high = word;
    while (words[this.low] === FULL) this.low += 1;
    if (this.high < this.low) this.high = this.low;
  }

  remove(id: number): void {
    const { words } = this;
    const place = this.places[id] as number;
    const word = place >>> 5;
    words[word] = (words[word] as number) & ~(1 << (place & 31));
    this.hash = (this.hash - (this.salts[id] as number)) | 0;
    if (word < this.fixed) return;
    if (word < this.low) this.low = word;
    while (this.high > this.low && words[this.high] === 0) this.high -= 1;
  }
}

/** A well-mixed 32-bit number. Collisions cost time, never a wrong answer: the memo compares words. */
function salt(id: number): number {
  let mixed = Math.imul(id + 1, 0x9e37_79b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}
