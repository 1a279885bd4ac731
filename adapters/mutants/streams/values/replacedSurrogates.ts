import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';
import { mapTexts } from './texts.ts';

const LONE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** Lone surrogates are replaced. */
export const replacedSurrogates: Mutant = {
  name: 'replaced-surrogates',
  origin: 'TextEncoder and Buffer silently write U+FFFD for a lone surrogate.',
  clauses: ['STREAM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    passStreams(adapter, { incoming: (stream) => mapTexts(stream, (text) => text.replace(LONE, '\uFFFD')) }),
};
