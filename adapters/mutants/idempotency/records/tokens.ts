/** Tokens that are confused with each other. */
import { StorageError } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { foldTokens } from '../stores.ts';

export const tokenCaseFolded: Mutant = {
  name: 'token-case-folded',
  origin: 'A case-insensitive column or header map: keys "Ab" and "ab" are one.',
  clauses: ['IDEM-11'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => foldTokens(adapter, (token) => token.toLowerCase()),
};

export const scopesMerged: Mutant = {
  name: 'scopes-merged',
  origin: 'The store is keyed by the Idempotency-Key header alone, one key for all routes.',
  clauses: ['IDEM-11'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => foldTokens(adapter, (token) => `all:${token.slice(token.indexOf(':') + 1)}`),
};

const KEPT = 128;

export const tokenCut: Mutant = {
  name: 'token-cut',
  origin: 'A varchar(128) key in a database that cuts silently: long keys with the same beginning are one.',
  clauses: ['IDEM-11'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => foldTokens(adapter, (token) => token.slice(0, KEPT)),
};

export const tokenSeparatorsFolded: Mutant = {
  name: 'token-separators-folded',
  origin:
    'The key of a record is a file name or a key of Redis: characters that it may not contain become underscores.',
  clauses: ['IDEM-11'],
  bases: ['memory'],
  mutate: (adapter) => foldTokens(adapter, (token) => token.replaceAll(/[/.]/g, '_')),
};

/** A key and a scope that the contract allows may together be twice as long. */
const COLUMN = 255;

export const tokenOf255: Mutant = {
  name: 'token-of-255',
  origin: 'token varchar(255), the longest key: with its scope, the longest key does not fit.',
  clauses: ['IDEM-11'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    foldTokens(adapter, (token) => {
      if (token.length <= COLUMN) return token;
      throw new StorageError('INVALID_TOKEN', `Expected at most ${COLUMN} characters, got ${token.length}.`);
    }),
};
