/** The mixes by name. A new mix is a file here and a line in list.ts. */
import { LockstepError } from '../../lockstepError.ts';
import { everything } from './everything.ts';
import * as mixes from './list.ts';
import type { Mix } from './types.ts';

export type * from './types.ts';

type ListedMix = (typeof mixes)[keyof typeof mixes];
/** `everything` is only for courses: see everything.ts. */
export type MixName = ListedMix['name'] | 'everything';

const LISTED: readonly ListedMix[] = Object.values(mixes).toSorted((a, b) => (a.name < b.name ? -1 : 1));
export const MIXES: readonly Mix<MixName>[] = LISTED;
export const MIX_NAMES: readonly ListedMix['name'][] = LISTED.map(({ name }) => name);

/** The mix of that name. */
export function mixOf(name: MixName): Mix<MixName> {
  const mix = [...MIXES, everything].find((candidate) => candidate.name === name);
  if (mix === undefined)
    throw new LockstepError('USAGE', `Expected a mix (${MIX_NAMES.join(', ')}), got ${name as string}.`);
  return mix;
}
