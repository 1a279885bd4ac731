/** Which targets a load can be put on. */
import type { Capabilities, Surface } from '../../../adapters/contract/index.ts';
import type { ResolvedLoad } from './options.ts';

/** What a load cannot do without. */
const NEEDED: readonly Surface[] = ['locks', 'streams'];

/** Throws where the target lacks what the load cannot do without. */
export function requireSurfaces(
  surfaces: readonly Surface[],
  capabilities: Capabilities,
  { target, mixture }: ResolvedLoad,
): void {
  const missing = NEEDED.filter((surface) => !surfaces.includes(surface));
  if (missing.length > 0)
    throw new Error(
      `A load needs the surfaces ${NEEDED.join(' and ')}; ${target.spec} lacks ${missing.join(' and ')}.`,
    );
  if (mixture.exports !== undefined && !(surfaces.includes('exports') && capabilities.exportClaims))
    throw new Error(
      `The mix ${mixture.name} needs the surface exports and the capability exportClaims, which ${target.spec} lacks. Choose another mix.`,
    );
}
