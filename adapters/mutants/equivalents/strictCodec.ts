import { decodeCursor, encodeCursor, StorageError } from '../../contract/index.ts';
import { isId } from '../../contract/rules/text.ts';
import type { Equivalent } from '../mutant.ts';

function onlyIds(text: string): string {
  if (isId(text)) return text;
  throw new StorageError('INVALID_CURSOR', `Expected an id, got ${JSON.stringify(text)}.`);
}

/** The codec also refuses texts that no id can be: the empty text, a NUL, longer than the longest id. */
export const strictCodec: Equivalent = {
  name: 'strict-codec',
  reason: 'No list returns a cursor of an invalid id, and CUR-03 requires that the empty one is refused.',
  bases: ['memory'],
  codec: {
    encodeCursor: (id) => encodeCursor(onlyIds(id)),
    decodeCursor: (cursor) => onlyIds(decodeCursor(cursor)),
  },
};
