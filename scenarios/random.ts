/** Seeded pseudo-random numbers. With them a plan is a pure function of its seed, its driver and its index. */

export interface Random {
  /** A number in [0, 1). */
  fraction(): number;
  /** An integer in [0, below). */
  integer(below: number): number;
  /** One of `values`, which must not be empty. */
  pick<T>(values: readonly T[]): T;
  /** `values` in a random order. */
  shuffled<T>(values: readonly T[]): T[];
}

/** A generator whose numbers depend only on `parts`. */
export function createRandom(...parts: readonly number[]): Random {
  let state = 0x9e3779b9;
  for (const part of parts) {
    state = mix(state ^ part);
    // Numbers beyond 32 bits differ in their upper half too.
    state = mix(state ^ Math.floor(part / 0x1_0000_0000));
  }
  const fraction = (): number => {
    state = (state + 0x9e3779b9) | 0;
    return (mix(state) >>> 0) / 0x1_0000_0000;
  };
  const integer = (below: number): number => Math.floor(fraction() * below);
  return {
    fraction,
    integer,
    pick: (values) => values[integer(values.length)] as (typeof values)[number],
    shuffled: (values) => shuffle([...values], integer),
  };
}

function shuffle<T>(values: T[], integer: (below: number) => number): T[] {
  for (let last = values.length - 1; last > 0; last -= 1) {
    const other = integer(last + 1);
    [values[last], values[other]] = [values[other] as T, values[last] as T];
  }
  return values;
}

/** The finalizer of MurmurHash3: every bit of the input changes every bit of the output half of the time. */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
