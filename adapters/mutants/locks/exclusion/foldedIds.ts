import { createHash } from 'node:crypto';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** The lock of `id` is the lock of `keyOf(id)`, which other ids share. */
export function lockedBy(
  keyOf: (id: string, namespace: string) => string,
  about: Pick<Mutant, 'name' | 'origin'>,
): Mutant {
  return {
    ...about,
    clauses: ['LOCK-05'],
    bases: ['memory', 'postgres'],
    mutate: (adapter, { options: { namespace } }) =>
      replaceLock(adapter, (id, callback, options) => {
        // The reference refuses an id that is not a string.
        const key = typeof id === 'string' && id !== '' ? keyOf(id, namespace) : id;
        return lockOf(adapter)(key, callback, options);
      }),
  };
}

export const caseFoldedId: Mutant = lockedBy((id) => id.toLowerCase(), {
  name: 'case-folded-id',
  origin:
    'Ids are lower-cased "to be safe", or the lock table has a case-insensitive collation (MySQL, citext).',
});

export const trimmedId: Mutant = lockedBy((id) => `[${id.trim()}]`, {
  name: 'trimmed-id',
  origin: 'A char(n) column or a validator trims the id before it is locked.',
});

export const normalizedId: Mutant = lockedBy((id) => id.normalize('NFC'), {
  name: 'normalized-id',
  origin: 'Ids are normalized to NFC for the key of the lock, but stored unchanged.',
});

export const foldedSeparators: Mutant = lockedBy((id) => id.replaceAll(/[/.]/g, '_'), {
  name: 'folded-separators',
  origin: 'The lock is a file or a key, and characters that its name may not contain become underscores.',
});

export const foldedPaths: Mutant = lockedBy((id) => id.replaceAll('/', ':'), {
  name: 'folded-paths',
  origin: 'A key-value layer turns the slashes of its keys into colons.',
});

/** PostgreSQL cuts identifiers to this length. */
const NAME_BYTES = 63;

export const truncatedId: Mutant = lockedBy((id) => id.slice(0, NAME_BYTES), {
  name: 'truncated-id',
  origin: 'The lock is named after the id, and long names are cut (identifiers, varchar(64)).',
});

const STRIPES = 64;

export const stripedLock: Mutant = lockedBy((id) => `stripe-${stripeOf(id)}`, {
  name: 'striped-lock',
  origin: 'A fixed array of mutexes, or a key modulo its size: unrelated streams wait for each other.',
});

function stripeOf(id: string): number {
  return createHash('sha256').update(id, 'utf16le').digest().readUInt32BE() % STRIPES;
}
