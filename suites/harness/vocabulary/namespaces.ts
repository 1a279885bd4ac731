/**
 * How an id of one namespace and an id of another are related: a key that joins the two with a character, or with none,
 * is one key for both. The second namespace is the first one with `NAMESPACE_SUFFIX` behind it.
 */
import type { Vocabulary } from './vocabulary.ts';

export const NAMESPACE_SUFFIX = '_x';

/** What stands before the id in the first namespace, which stands alone in the second one. */
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
