/** Decides whether a target is suitable for a load. */
import { inWords } from '../../inWords.ts';
import type { Capabilities, Surface } from '../../../adapters/contract/index.ts';
import type { ResolvedLoad } from './options.ts';

/** The surfaces that a load requires. */
const NEEDED: readonly Surface[] = ['locks', 'streams'];

/** Throws if the target lacks something that the load requires. */
export function requireSurfaces(
  surfaces: readonly Surface[],
  capabilities: Capabilities,
  { target, mixture }: ResolvedLoad,
): void {
  const missing = NEEDED.filter((surface) => !surfaces.includes(surface));
  if (missing.length > 0)
    throw new Error(
      `A load needs the surfaces ${inWords(NEEDED)}; ${target.spec} lacks ${inWords(missing)}.`,
    );
  if (mixture.exports !== undefined && !(surfaces.includes('exports') && capabilities.exportClaims))
    throw new Error(
      `The mix ${mixture.name} needs the surface exports and the capability exportClaims, which ${target.spec} lacks. Choose another mix.`,
    );
}
