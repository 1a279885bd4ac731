/**
 * Finds texts that occur more than once among millions, almost all of which are unique. It only keeps hashes, so it
 * sometimes reports a unique text, but never misses a repeated one. The caller must compare the texts.
 */
const FIRST_SLOTS = 1024;

export class RepeatFilter {
  private slots = new Int32Array(FIRST_SLOTS);
  private count = 0;
  private readonly repeated = new Set<number>();

  /** Returns the hash of `text`, for a query after all texts were added. */
  add(text: string): number {
    const hash = hashOf(text);
    const slot = slotOf(this.slots, hash);
    if (this.slots[slot] === hash) this.repeated.add(hash);
    else {
      this.slots[slot] = hash;
      this.count += 1;
      if (this.count * 2 > this.slots.length) this.grow();
    }
    return hash;
  }

  /** False: the text was added once. True: the text, or another one with the same hash, was added more than once. */
  mayRepeat(hash: number): boolean {
    return this.repeated.has(hash);
  }

  private grow(): void {
    const { slots } = this;
    this.slots = new Int32Array(2 * slots.length);
    for (const hash of slots) if (hash !== 0) this.slots[slotOf(this.slots, hash)] = hash;
  }
}

/** The slot of the hash, or a free slot, which contains 0. */
function slotOf(slots: Int32Array, hash: number): number {
  const mask = slots.length - 1;
  let slot = (hash ^ (hash >>> 15)) & mask;
  while (slots[slot] !== 0 && slots[slot] !== hash) slot = (slot + 1) & mask;
  return slot;
}

/** Never 0, which marks a free slot. */
function hashOf(text: string): number {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9_f3b5);
  return (hash ^ (hash >>> 13)) | 1;
}
