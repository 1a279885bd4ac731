import { decodeCursor, encodeCursor, StorageError } from '../../contract/index.ts';
import { isId } from '../../contract/rules/text.ts';
import type { Equivalent } from '../mutant.ts';

function onlyIds(text: string): string {
  if (isId(text)) return text;
  throw new StorageError('INVALID_CURSOR', `Expected an id, got ${JSON.stringify(text)}.`);
}

/** It also refuses what no record can be called: the empty text, NUL, more than the longest id. */
export const strictCodec: Equivalent = {
  name: 'strict-codec',
  reason: 'No list gives the cursor of what is no id, and CUR-03 wants the empty one refused.',
  bases: ['memory'],
  codec: {
    encodeCursor: (id) => encodeCursor(onlyIds(id)),
    decodeCursor: (cursor) => onlyIds(decodeCursor(cursor)),
  },
};
