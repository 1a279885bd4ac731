import { codeOf } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceClaims } from '../stores.ts';

export const refusedAnswerAbandons: Mutant = {
  name: 'refused-answer-abandons',
  origin:
    'The claim is abandoned in a finally block: after an answer was refused as malformed, the next caller executes the request once more.',
  clauses: ['IDEM-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceClaims(adapter, (store) => ({
      finish: async (claim, record) => {
        try {
          return await store.finish(claim, record);
        } catch (error) {
          if (codeOf(error) === 'INVALID_RECORD') await store.abandon(claim);
          throw error;
        }
      },
    })),
};
