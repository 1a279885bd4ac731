/** More than a page of streams besides those that a case is about. */
import { direct, streamOf } from '../../../harness/cases/generate.ts';
import type { Scope } from '../../../harness/engine/property.ts';
import type { CallStep } from '../../../../scenarios/host/language/program.ts';
import { EXACT } from '../moving.ts';

/** More than one page of any usual size, and more than the largest page of a storage. */
export const CROWD = 1003;
const PAGE_SIZES = [100, 128, 200, 250, 256, 500, 512, 1000] as const;
/** Their ids, in the order of scans. They come behind ids that begin with an upper-case letter. */
export function crowdOf(count: number, scope: Scope): string[] {
  return Array.from({ length: count }, (_, index) => scope.id(`crowd-${String(index + 1).padStart(4, '0')}`));
}

export function storeCrowd(count: number, scope: Scope): CallStep[] {
  return crowdOf(count, scope).map((id) => direct('streams.create', streamOf(id, { createdAt: EXACT })));
}

/** The streams at which pages of usual sizes end. */
export function edgesOf(count: number, scope: Scope): string[] {
  const crowd = crowdOf(count, scope);
  return PAGE_SIZES.flatMap((size) => crowd.slice(size - 1, size + 2));
}
