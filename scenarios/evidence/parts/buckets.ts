/**
 * Decides which lines must be judged together: those of one stream, and those of streams with a common token, operation
 * id or event id. The hash of a stream decides about its bucket. Buckets that share a name are joined. Names are
 * identified by 52 bits of a hash: if two names collide, two buckets are joined unnecessarily, which does no harm.
 */

/** The bucket of lines that belong to no stream. */
export const REST = 0;

/** The kinds of names. Equal names of different kinds are different names. */
export const NAME_KINDS = { stream: 0, token: 1, operation: 2, event: 3 } as const;
export type NameKind = keyof typeof NAME_KINDS;

/** Greater than every number of a bucket. Marks a token that a client sent. */
const SENT = 0x4000;
const MIN_SLOTS = 1 << 16;
/** Evidence contains about one name per this many bytes, and the table needs free room. */
const BYTES_PER_SLOT = 256;
/** The largest initial size of a table. It grows when it must. */
const MAX_FIRST_SLOTS = 1 << 23;

/** What another `Buckets` with the same count knows, as plain data. */
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

  /**
   * `count`: the number of buckets for streams, at most 16,000. `bytes`: the approximate size of the evidence whose
   * names are noted.
   */
  constructor(count: number, bytes: number) {
    this.count = count;
    const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, bytes / BYTES_PER_SLOT)));
    const slots = Math.max(MIN_SLOTS, Math.min(MAX_FIRST_SLOTS, wanted));
    this.names = new Float64Array(slots);
    this.places = new Uint16Array(slots);
    this.parents = Int32Array.from({ length: count + 1 }, (_, bucket) => bucket);
  }

  /** The bucket of the stream with that name. */
  ofStream(bytes: Uint8Array, from: number, to: number): number {
    return 1 + (hashOf(bytes, from, to, 'stream') % this.count);
  }

  /** Notes that both buckets must be judged together. */
  join(a: number, b: number): void {
    const [first, second] = [this.rootOf(a), this.rootOf(b)];
    if (first !== second) this.parents[Math.max(first, second)] = Math.min(first, second);
  }

  /** The representative of all buckets that are joined with this one: the one with the lowest number. */
  rootOf(bucket: number): number {
    let at = bucket;
    while (this.parents[at] !== at) {
      this.parents[at] = this.parents[this.parents[at] as number] as number;
      at = this.parents[at] as number;
    }
    return at;
  }

  /**
   * Notes that the name was seen in `bucket`, and joins it with the bucket where the name was seen before. `isSent`:
   * the name is the token of a request.
   */
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

  /** The bucket in which the name was seen. Undefined: it was not seen. */
  find(name: number): { readonly bucket: number; readonly isSent: boolean } | undefined {
    const slot = this.slotOf(name);
    if (this.names[slot] !== name) return undefined;
    const value = this.places[slot] as number;
    return { bucket: value & ~SENT, isSent: (value & SENT) !== 0 };
  }

  /** Everything that is known. It may be passed to another thread; nothing may be added afterwards. */
  get known(): KnownBuckets {
    const { parents, names, places } = this;
    return { parents, names, places };
  }

  /** Adds the joins and names of another `Buckets`. */
  absorb({ parents, names, places }: KnownBuckets): void {
    for (const [bucket, parent] of parents.entries()) this.join(bucket, parent);
    for (let at = 0; at < names.length; at += 1) {
      const value = places[at] as number;
      if (names[at] !== 0) this.note(names[at] as number, value & ~SENT, (value & SENT) !== 0);
    }
  }

  private slotOf(name: number): number {
    const mask = this.names.length - 1;
    // A product of the two 32-bit halves, which are hashes already.
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

/** 52 bits of a hash of the bytes and of the kind of name. Never 0. */
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
