/** The longest time of a load in which no request was answered. */

export interface Silence {
  readonly ms: number;
  /** Milliseconds since the load began. */
  readonly atMs: number;
}

/** The times of the first and the last answer in each slice of the measured part. NaN: there was none. */
export interface Answered {
  readonly first: Float64Array;
  readonly last: Float64Array;
}

/** A silence is exact if it is at least this fraction of the whole. A shorter one may be missed within a slice. */
const SLICES = 4096;
const NS_PER_MS = 1e6;

export interface Part {
  /** In ns since the run's start. */
  readonly from: number;
  readonly to: number;
}

/** `returns`: the times of answers, in any order. */
export function answeredIn(part: Part, returns: Iterable<number>): Answered {
  const first = new Float64Array(SLICES).fill(NaN);
  const last = new Float64Array(SLICES).fill(NaN);
  const width = Math.max(1, part.to - part.from) / SLICES;
  for (const at of returns) {
    if (at < part.from || at > part.to) continue;
    const slice = Math.min(SLICES - 1, Math.floor((at - part.from) / width));
    if (!(at >= (first[slice] as number))) first[slice] = at;
    if (!(at <= (last[slice] as number))) last[slice] = at;
  }
  return { first, last };
}

/** `loadFrom`: in ns since the run's start. */
export function longestSilence(part: Part, answered: readonly Answered[], loadFrom: number): Silence {
  let longest = { ns: 0, at: part.from };
  let before = part.from;
  const silent = (until: number): void => {
    if (until - before > longest.ns) longest = { ns: until - before, at: before };
    before = Math.max(before, until);
  };
  for (let slice = 0; slice < SLICES; slice += 1) {
    let first = NaN;
    let last = NaN;
    for (const one of answered) {
      const [from, to] = [one.first[slice] as number, one.last[slice] as number];
      if (!(from >= first)) first = Number.isNaN(from) ? first : from;
      if (!(to <= last)) last = Number.isNaN(to) ? last : to;
    }
    if (Number.isNaN(first)) continue;
    silent(first);
    before = last;
  }
  silent(part.to);
  return { ms: longest.ns / NS_PER_MS, atMs: (longest.at - loadFrom) / NS_PER_MS };
}
