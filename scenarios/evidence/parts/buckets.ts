/**
 * Which lines must be judged together: those of one stream, and those of streams under which the same token, the same
 * operation id or the same event's id was seen. Streams fall into buckets by their hash; buckets that share a name are
 * joined. Names are known by 52 bits of a hash: two that are taken for one join two buckets, which is no error.
 */

/** The bucket of what belongs to no stream. */
export const REST = 0;

/** What a name is the name of. Equal names of different kinds are different names. */
export const NAME_KINDS = { stream: 0, token: 1, operation: 2, event: 3 } as const;
export type NameKind = keyof typeof NAME_KINDS;

/** Above all numbers of buckets: the name is a token that a client sent. */
const SENT = 0x4000;
const LEAST_SLOTS = 1 << 16;
/** Evidence has about one name in so many bytes, with the room that the table wants. */
const BYTES_A_SLOT = 256;
/** No table is made larger than this before it must be. */
const MOST_FIRST_SLOTS = 1 << 23;

/** What other buckets of the same number know, as plain data. */
export interface KnownBuckets {
  readonly parents: Int32Array;
  readonly names: Float64Array;
  readonly places: Uint16Array;
}

export class Buckets {
  readonly count: number;
  private readonly parents: Int32Array;
  private names: Float64Array;
  private places: Uint16Array;
  private noted = 0;

  /** `count`: for streams; at most 16,000. `bytes`: of the evidence whose names are noted, about. */
  constructor(count: number, bytes: number) {
    this.count = count;
    const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, bytes / BYTES_A_SLOT)));
    const slots = Math.max(LEAST_SLOTS, Math.min(MOST_FIRST_SLOTS, wanted));
    this.names = new Float64Array(slots);
    this.places = new Uint16Array(slots);
    this.parents = Int32Array.from({ length: count + 1 }, (_, bucket) => bucket);
  }

  /** The bucket of the stream of that name. */
  ofStream(bytes: Uint8Array, from: number, to: number): number {
    return 1 + (hashOf(bytes, from, to, 'stream') % this.count);
  }

  /** Everything in the one is judged together with everything in the other. */
  join(a: number, b: number): void {
    const [first, second] = [this.rootOf(a), this.rootOf(b)];
    if (first !== second) this.parents[Math.max(first, second)] = Math.min(first, second);
  }

  /** The bucket that stands for all that are joined with this one: the lowest of them. */
  rootOf(bucket: number): number {
    let at = bucket;
    while (this.parents[at] !== at) {
      this.parents[at] = this.parents[this.parents[at] as number] as number;
      at = this.parents[at] as number;
    }
    return at;
  }

  /** The name was seen in `bucket`: joins it with where it was seen before. `isSent`: as a token in a request. */
  note(name: number, bucket: number, isSent = false): void {
    const slot = this.slotOf(name);
    if (this.names[slot] === name) {
      const value = this.places[slot] as number;
      this.join(value & ~SENT, bucket);
      if (isSent) this.places[slot] = value | SENT;
      return;
    }
    this.names[slot] = name;
    this.places[slot] = bucket | (isSent ? SENT : 0);
    this.noted += 1;
    if (this.noted * 2 > this.names.length) this.grow();
  }

  /** Where the name was seen; undefined: nowhere. */
  find(name: number): { readonly bucket: number; readonly isSent: boolean } | undefined {
    const slot = this.slotOf(name);
    if (this.names[slot] !== name) return undefined;
    const value = this.places[slot] as number;
    return { bucket: value & ~SENT, isSent: (value & SENT) !== 0 };
  }

  /** Everything that is known. It may be handed to another thread: nothing must be added any more. */
  get known(): KnownBuckets {
    const { parents, names, places } = this;
    return { parents, names, places };
  }

  /** Joins what others have joined, and notes the names that they know. */
  absorb({ parents, names, places }: KnownBuckets): void {
    for (const [bucket, parent] of parents.entries()) this.join(bucket, parent);
    for (let at = 0; at < names.length; at += 1) {
      const value = places[at] as number;
      if (names[at] !== 0) this.note(names[at] as number, value & ~SENT, (value & SENT) !== 0);
    }
  }

  private slotOf(name: number): number {
    const mask = this.names.length - 1;
    // A product of 32 bits of each half: the halves are hashes already.
    let slot = ((name % 0x1_0000_0000) ^ (name / 0x1_0000_0000)) & mask;
    while (this.names[slot] !== 0 && this.names[slot] !== name) slot = (slot + 1) & mask;
    return slot;
  }

  private grow(): void {
    const { names, places } = this;
    this.names = new Float64Array(2 * names.length);
    this.places = new Uint16Array(2 * names.length);
    for (let at = 0; at < names.length; at += 1) {
      const name = names[at] as number;
      if (name === 0) continue;
      const slot = this.slotOf(name);
      this.names[slot] = name;
      this.places[slot] = places[at] as number;
    }
  }
}

/** 52 bits of the bytes and of what they are a name of; never 0. */
export function hashOf(bytes: Uint8Array, from: number, to: number, kind: NameKind): number {
  let low = 0x811c_9dc5 ^ NAME_KINDS[kind];
  let high = 0x9747_b28c ^ (to - from);
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    low = Math.imul(low ^ byte, 0x0100_0193);
    high = Math.imul(high ^ byte, 0x5bd1_e995);
    high ^= high >>> 15;
  }
  low = mixed(low);
  high = mixed(high ^ low);
  return (high & 0xf_ffff) * 0x1_0000_0000 + (low >>> 0 || 1);
}

function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return hash ^ (hash >>> 16);
}
