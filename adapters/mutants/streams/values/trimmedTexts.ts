import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';
import { mapTexts } from './texts.ts';

/** Spaces at both ends of texts are removed. */
export const trimmedTexts: Mutant = {
  name: 'trimmed-texts',
  origin: 'trim() on input, or a CHAR column: spaces at the ends are lost.',
  clauses: ['STREAM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    passStreams(adapter, { incoming: (stream) => mapTexts(stream, (text) => text.trim()) }),
};
