import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { COLLISIONS, COLLISIONS_ANYWHERE } from './collisions.ts';
import { FNV_PAIRS, fnvPairBehind } from './fnvPairs.ts';

type Hash = (text: string) => number;

function folded(step: (state: number, unit: number) => number, start = 0): Hash {
  return (text) => {
    let state = start;
    for (const unit of text) state = step(state, unit.charCodeAt(0)) | 0;
    return state >>> 0;
  };
}

function reversed(hash: Hash): Hash {
  return (text) => hash(Array.from(text).reverse().join(''));
}

function adler32(text: string): number {
  let [low, high] = [1, 0];
  for (const byte of Buffer.from(text)) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return high * 65_536 + low;
}

const djb2WithXor = folded((state, unit) => Math.imul(state, 33) ^ unit, 5381);
const ANYWHERE: Readonly<Record<string, Hash>> = {
  'times 31': folded((state, unit) => Math.imul(state, 31) + unit),
  djb2: folded((state, unit) => Math.imul(state, 33) + unit, 5381),
  'djb2 with xor': djb2WithXor,
  'djb2 with xor, from the end': reversed(djb2WithXor),
  sdbm: folded((state, unit) => Math.imul(state, 65_599) + unit),
  'CRC-32': crc32,
  'Adler-32': adler32,
};
const PREFIXES = ['', 's', 'lock:', 'lockstep_7_1/', 'streams:lockstep_12345_22:', 'x'.repeat(77)];

it.each(Object.entries(ANYWHERE))('has a pair that collides by %s behind every prefix', (name, hash) => {
  const pairs = COLLISIONS_ANYWHERE.entries[name] ?? [];
  for (const prefix of PREFIXES)
    expect(pairs.some(([one, other]) => hash(prefix + one) === hash(prefix + other))).toBe(true);
});

const FNV: Readonly<Record<string, Hash>> = {
  'FNV-1a': folded((state, unit) => Math.imul(state ^ unit, 0x01000193), 0x811c9dc5),
  'FNV-1': folded((state, unit) => Math.imul(state, 0x01000193) ^ unit, 0x811c9dc5),
};

it.each(Object.entries(FNV))('has a pair that collides by %s behind every prefix', (name, hash) => {
  for (const prefix of PREFIXES) {
    expect(FNV_PAIRS.some(([one, other]) => hash(prefix + one) === hash(prefix + other))).toBe(true);
    const [one, other] = fnvPairBehind(prefix);
    if (name === 'FNV-1a') expect(hash(prefix + one)).toBe(hash(prefix + other));
  }
});

const DIGESTS = {
  'first bytes of SHA-256': 'sha256',
  'first bytes of SHA-1': 'sha1',
  'first bytes of MD5': 'md5',
} as const;

it.each(Object.entries(DIGESTS))('has pairs that collide by the %s', (name, algorithm) => {
  const hash: Hash = (text) => createHash(algorithm).update(text).digest().readUInt32BE();
  const prefixes = ['', 'stream:', 'streams:', 'lock:'];
  for (const [index, [one, other]] of (COLLISIONS.entries[name] ?? []).entries())
    expect(hash(`${prefixes[index]}${one}`)).toBe(hash(`${prefixes[index]}${other}`));
});
