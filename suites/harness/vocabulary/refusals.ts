/** Why a call is refused, by the codes that the contract allows for it. */
import type { StorageErrorCode } from '../../../adapters/contract/index.ts';
import { CURSOR, EXISTS, INVALID, NO_CURSOR, NO_TOKEN, TOKEN, UNKNOWN } from '../cases/badCalls.ts';
import type { Vocabulary } from './vocabulary.ts';

export const REFUSALS: Vocabulary<readonly StorageErrorCode[]> = {
  name: 'refusals',
  entries: {
    'an id that exists': EXISTS,
    'an unknown id': UNKNOWN,
    'a change that contradicts the record': ['CONFLICT'],
    'a wrong argument': INVALID,
    'a damaged cursor': CURSOR,
    'a cursor that is no text': NO_CURSOR,
    'a malformed token': TOKEN,
    'a token that is no text': NO_TOKEN,
  },
};
