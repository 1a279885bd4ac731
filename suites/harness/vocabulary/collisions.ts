/** Pairs of ids with the same hash, for hash functions that are used to derive keys. */
import type { Subject } from '../engine/property.ts';
import { FNV_PAIRS } from './fnvPairs.ts';
import { entriesFor, type Vocabulary } from './vocabulary.ts';

export type Pair = readonly [string, string];

/**
 * These pairs collide after every prefix. They are two ids of one length that lead the hash from any state to the same
 * state, or the hash reads them from their end.
 */
export const COLLISIONS_ANYWHERE: Vocabulary<readonly Pair[]> = {
  name: 'hash collisions behind every prefix',
  entries: {
    'times 31': [['stream_Aa', 'stream_BB']],
    djb2: [['stream_Ab', 'stream_BA']],
    // Which of the two pairs collides depends on one bit of the state.
    'djb2 with xor': [
      ['stream_BB', 'stream_Cc'],
      ['stream_bB', 'stream_cc'],
    ],
    'djb2 with xor, from the end': [['stream_n70q90q', 'stream_n7r5y6q']],
    sdbm: [['stream_2nf6exa', 'stream_ka6236w']],
    'CRC-32': [['stream_szyw97u', 'stream_zcrhr4v']],
    'Adler-32': [['stream_aca', 'stream_bab']],
    'FNV-1 and FNV-1a': FNV_PAIRS,
  },
};

/** These pairs collide as they are, or after the prefixes noted with them. After other prefixes they do not collide. */
export const COLLISIONS: Vocabulary<readonly Pair[]> = {
  name: 'hash collisions',
  entries: {
    hashtext: [
      ['stream_73767', 'stream_125983'],
      // After "stream:", "streams:" and "lock:".
      ['cahgt7', 'ay36ku'],
      ['w1tx4z', 'diubz4'],
      ['rqx2iy', 'gevih7'],
    ],
    Murmur3: [['stream_84300', 'stream_92766']],
    xxHash32: [['stream_zbm5cj9', 'stream_08gxdt5']],
    'one at a time': [['stream_n9f1j3x', 'stream_12ukzai']],
    'first bytes of SHA-256': [
      ['stream_27011', 'stream_73839'],
      ['30ucxd', 'q4bwes'],
      ['kdpg5j', 'awk0d9'],
      ['l6045k', 'ncnvrx'],
    ],
    'first bytes of SHA-1': [
      ['stream_9287', 'stream_63901'],
      ['2tbjl0', 'uria18'],
      ['3y0hzm', 'a588ne'],
      ['wxbpbk', 'hyxyu2'],
    ],
    'first bytes of MD5': [
      ['stream_90233', 'stream_212327'],
      ['o36xun', 'bgzie9'],
      ['2uzcos', '6f4l6k'],
      ['wbqx69', '14afzz'],
    ],
  },
};

/** The pairs of both tables whose ids `takes` accepts, each with the name of its hash. */
export function collisionsIn(
  vocabulary: Vocabulary<readonly Pair[]>,
  subject: Pick<Subject, 'omitted'>,
  takes: (id: string) => boolean,
): (readonly [hash: string, pair: Pair])[] {
  return entriesFor(vocabulary, subject).flatMap(([hash, pairs]) =>
    pairs.filter((pair) => pair.every(takes)).map((pair) => [hash, pair] as const),
  );
}
