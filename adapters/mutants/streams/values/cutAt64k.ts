import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';
import { mapTexts } from './texts.ts';

/** One letter less than 64 KiB. */
const MOST = 65_535;

/** Texts end where a column of 16-bit lengths does. */
export const cutAt64k: Mutant = {
  name: 'cut-at-64k',
  origin:
    'A MySQL TEXT column without the strict mode: a text of 64 KiB loses its last letter, with a warning.',
  clauses: ['STREAM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    passStreams(adapter, { incoming: (stream) => mapTexts(stream, (text) => text.slice(0, MOST)) }),
};
