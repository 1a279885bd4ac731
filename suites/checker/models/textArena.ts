/** Holds many short texts as bytes: a million strings would keep the garbage collector busy for seconds. */
const CHUNK_BYTES = 1 << 20;
/** Before each text, in two bytes. */
const LENGTH_BYTES = 2;
const MAX_LENGTH = 0xffff;
const MAX_CODE = 0xff;

export class TextArena {
  private readonly chunks: Uint8Array[] = [];
  private used = CHUNK_BYTES;

  /** Where it is kept; undefined: it is too long or has unusual characters. */
  add(text: string): number | undefined {
    const { length } = text;
    if (length > MAX_LENGTH) return undefined;
    if (this.used + LENGTH_BYTES + length > CHUNK_BYTES) {
      this.chunks.push(new Uint8Array(CHUNK_BYTES));
      this.used = 0;
    }
    const last = this.chunks.length - 1;
    const chunk = this.chunks[last] as Uint8Array;
    const place = last * CHUNK_BYTES + this.used;
    let at = this.used;
    chunk[at++] = length & 0xff;
    chunk[at++] = length >>> 8;
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > MAX_CODE) return undefined;
      chunk[at++] = code;
    }
    this.used = at;
    return place;
  }

  get(place: number): string {
    const chunk = this.chunks[Math.floor(place / CHUNK_BYTES)] as Uint8Array;
    const at = place % CHUNK_BYTES;
    const length = (chunk[at] as number) + (chunk[at + 1] as number) * 256;
    const from = at + LENGTH_BYTES;
    let text = '';
    for (let index = 0; index < length; index += 1)
      text += String.fromCharCode(chunk[from + index] as number);
    return text;
  }
}
