import type { Equivalent } from '../mutant.ts';

const LOCK = /pg_advisory_xact_lock\((hashtextextended\(.+?, 0\))\)/g;

/** The same 64 bits, as the two 32-bit keys of the other form of the lock. */
export const twoKeyLock: Equivalent = {
  name: 'two-key-lock',
  reason: 'Both halves of the hash are locked: ids that differ in it differ in one of the keys.',
  bases: ['postgres'],
  rewrite: (sql) =>
    sql.replace(LOCK, (_, hash: string) => `pg_advisory_xact_lock(${half(hash, 32)}, ${half(hash, 0)})`),
};

/** 32 bits of `hash` as an int4. */
function half(hash: string, shift: number): string {
  return `(${hash} >> ${shift})::bit(32)::int4`;
}
