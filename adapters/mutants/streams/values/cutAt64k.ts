import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';
import { mapTexts } from './texts.ts';

/** One byte less than 64 KiB. */
const MOST = 65_535;

/** Texts are cut at the limit of a column with 16-bit lengths. */
export const cutAt64k: Mutant = {
  name: 'cut-at-64k',
  origin:
    'A MySQL TEXT column without strict mode: a text of 64 KiB loses its last byte, with only a warning.',
  clauses: ['STREAM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    passStreams(adapter, { incoming: (stream) => mapTexts(stream, (text) => text.slice(0, MOST)) }),
};
