/** Locks whose keys are 32-bit hashes of namespace and id. */
import { crc32 } from 'node:zlib';
import type { Mutant } from '../../mutant.ts';
import { lockedBy } from './foldedIds.ts';

type Hash = (text: string) => number;

function hashed(hash: Hash, name: string, origin: string): Mutant {
  const keyed = lockedBy((id, namespace) => `key-${hash(`${namespace}/${id}`)}`, { name, origin });
  return { ...keyed, bases: ['memory'] };
}

function folded(step: (state: number, unit: number) => number, start: number): Hash {
  return (text) => {
    let state = start;
    for (let index = 0; index < text.length; index += 1) state = step(state, text.charCodeAt(index)) | 0;
    return state >>> 0;
  };
}

function reversed(text: string): string {
  const units = Array.from({ length: text.length }, (_, index) => text.charAt(text.length - 1 - index));
  return units.join('');
}

const times31 = folded((state, unit) => Math.imul(state, 31) + unit, 0);
const fnv1a = folded((state, unit) => Math.imul(state ^ unit, 0x01000193), 0x811c9dc5);
const djb2WithXor = folded((state, unit) => Math.imul(state, 33) ^ unit, 5381);

export const times31Lock: Mutant = hashed(
  times31,
  'times31-lock',
  'The hash of Java’s strings as an advisory lock’s key, as on many a page.',
);

export const fnv1aLock: Mutant = hashed(
  fnv1a,
  'fnv1a-lock',
  'FNV-1a of 32 bits as the key of a lock, since it fits an int4.',
);

export const djb2Lock: Mutant = hashed(djb2WithXor, 'djb2-lock', 'djb2 with xor as the key of a lock.');

export const stringHashLock: Mutant = hashed(
  (text) => djb2WithXor(reversed(text)),
  'string-hash-lock',
  'The package string-hash reads from the end.',
);

export const crc32Lock: Mutant = hashed(
  (text) => crc32(text),
  'crc32-lock',
  'CRC-32 as the key of a lock: it is a checksum, no name.',
);
