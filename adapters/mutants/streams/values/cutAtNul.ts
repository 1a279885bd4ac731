import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';
import { mapTexts } from './texts.ts';

/** Texts are cut before their first NUL. */
export const cutAtNul: Mutant = {
  name: 'cut-at-nul',
  origin: 'A driver or extension in C: the text ends at its first NUL.',
  clauses: ['STREAM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    passStreams(adapter, {
      incoming: (stream) => mapTexts(stream, (text) => text.split('\0', 1)[0] as string),
    }),
};
