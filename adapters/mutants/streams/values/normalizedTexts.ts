import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';
import { mapTexts } from './texts.ts';

/** Texts are converted to one Unicode normalization form. */
export const normalizedTexts: Mutant = {
  name: 'normalized-texts',
  origin: 'normalize() on input, or a file system: NFD becomes NFC.',
  clauses: ['STREAM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    passStreams(adapter, { incoming: (stream) => mapTexts(stream, (text) => text.normalize('NFC')) }),
};
