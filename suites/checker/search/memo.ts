/**
 * The visited states of a search: sets of linearized operations with the state after them, as records in one arena with
 * open addressing. A hash only finds a record. A state counts as visited only if all words are equal, because a search
 * that relies on hashes alone could call a correct history illegal.
 */
import type { Bitset } from './bitset.ts';
import type { Meter } from './meter.ts';

const FIRST_SLOTS = 256;
const FIRST_ARENA = 2048;
/** The header of a record: hash, state, first word of the window, number of words. */
const HEAD = 4;
const WORD_BYTES = 4;

export class Memo {
  /** Offsets of records plus one. 0 is a free slot. */
  private slots = new Int32Array(FIRST_SLOTS);
  private arena = new Int32Array(FIRST_ARENA);
  private end = 0;
  private count = 0;
  private readonly meter: Meter;

  /** The caller must have taken FIRST_BYTES from the meter. */
  constructor(meter: Meter) {
    this.meter = meter;
  }

  static readonly FIRST_BYTES: number = (FIRST_SLOTS + FIRST_ARENA) * WORD_BYTES;

  get bytes(): number {
    return (this.slots.length + this.arena.length) * WORD_BYTES;
  }

  /** `full`: the budget has no room for another record. */
  add(set: Bitset, state: number): 'seen' | 'added' | 'full' {
    const hash = (set.hash ^ Math.imul(state, 0x27d4_eb2f)) | 0;
    const { slots, arena } = this;
    const mask = slots.length - 1;
    let slot = spread(hash) & mask;
    for (let at = slots[slot] as number; at !== 0; at = slots[slot] as number) {
      if (arena[at - 1] === hash && this.isSame(at - 1, set, state)) return 'seen';
      slot = (slot + 1) & mask;
    }
    const length = set.fixed + set.high - set.low + 1;
    if (!this.makeRoom(HEAD + length)) return 'full';
    // A table that has grown has another slot for the record.
    if (this.slots !== slots) slot = this.freeSlot(hash);
    this.slots[slot] = this.end + 1;
    this.write(hash, set, state, length);
    return 'added';
  }

  private isSame(at: number, set: Bitset, state: number): boolean {
    const { arena } = this;
    const length = set.fixed + set.high - set.low + 1;
    if (arena[at + 1] !== state || arena[at + 2] !== set.low || arena[at + 3] !== length) return false;
    const { words, fixed, low } = set;
    let from = at + HEAD;
    for (let word = 0; word < fixed; word += 1) if (arena[from++] !== words[word]) return false;
    for (let word = low; word <= set.high; word += 1) if (arena[from++] !== words[word]) return false;
    return true;
  }

  private write(hash: number, set: Bitset, state: number, length: number): void {
    const { arena } = this;
    let at = this.end;
    arena[at++] = hash;
    arena[at++] = state;
    arena[at++] = set.low;
    arena[at++] = length;
    for (let word = 0; word < set.fixed; word += 1) arena[at++] = set.words[word] as number;
    for (let word = set.low; word <= set.high; word += 1) arena[at++] = set.words[word] as number;
    this.end = at;
    this.count += 1;
  }

  private freeSlot(hash: number): number {
    const mask = this.slots.length - 1;
    let slot = spread(hash) & mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    return slot;
  }

  private makeRoom(words: number): boolean {
    if (this.end + words > this.arena.length) {
      const length = Math.max(this.arena.length * 2, this.end + words);
      if (!this.meter.take((length - this.arena.length) * WORD_BYTES)) return false;
      const arena = new Int32Array(length);
      arena.set(this.arena.subarray(0, this.end));
      this.arena = arena;
    }
    if ((this.count + 1) * 2 > this.slots.length) {
      if (!this.meter.take(this.slots.length * WORD_BYTES)) return false;
      this.slots = new Int32Array(this.slots.length * 2);
      for (let at = 0; at < this.end; at += HEAD + (this.arena[at + 3] as number))
        this.slots[this.freeSlot(this.arena[at] as number)] = at + 1;
    }
    return true;
  }
}

function spread(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x45d9_f3b5);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
