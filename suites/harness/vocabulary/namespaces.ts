/**
 * Ids of two namespaces for which a combined key is the same: the key of a store that joins namespace and id with a
 * character, or without one. The name of the second namespace is that of the first one plus `NAMESPACE_SUFFIX`.
 */
import type { Vocabulary } from './vocabulary.ts';

export const NAMESPACE_SUFFIX = '_x';

/** The prefix of the id in the first namespace. In the second namespace the id has no prefix. */
export const ID_PREFIXES: Vocabulary<string> = {
  name: 'ids of two namespaces',
  entries: {
    'the same id': '',
    'an id that ends in the other, behind an underscore': 'x_',
    'behind a colon': 'x:',
    'behind a slash': 'x/',
    'behind a point': 'x.',
    'behind a hyphen': 'x-',
    'behind what the names differ in': NAMESPACE_SUFFIX,
    'behind what the names differ in, and an underscore': `${NAMESPACE_SUFFIX}_`,
  },
};
