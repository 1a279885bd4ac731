/** More than a page of streams and of events besides the records that a case is about. */
import { direct, streamOf } from '../../../harness/cases/generate.ts';
import { eventOf } from '../../../harness/cases/records.ts';
import type { Scope, Subject } from '../../../harness/engine/property.ts';
import type { CallStep } from '../../../../scenarios/host/language/program.ts';
import { EXACT } from '../moving.ts';

/** More than one page of any usual size, and more than the largest page of a storage. */
export const CROWD = 1003;
const PAGE_SIZES = [100, 128, 200, 250, 256, 500, 512, 1000] as const;
/** Their ids, in the order of scans. They come behind ids that begin with an upper-case letter. */
export function crowdOf(count: number, scope: Scope): string[] {
  return Array.from({ length: count }, (_, index) => scope.id(`crowd-${String(index + 1).padStart(4, '0')}`));
}

/** So many streams, each with an event if there are events. */
export function storeCrowd(count: number, scope: Scope, { surfaces }: Subject): CallStep[] {
  return crowdOf(count, scope).flatMap((id) => [
    direct('streams.create', streamOf(id, { createdAt: EXACT })),
    ...(surfaces.includes('activity')
      ? [direct('activity.append', eventOf(id, { streamId: id, timestamp: EXACT }))]
      : []),
  ]);
}

/** The records at which pages of usual sizes end. */
export function edgesOf(
  count: number,
  scope: Scope,
  { surfaces }: Subject,
): { readonly what: string; readonly read: CallStep }[] {
  const crowd = crowdOf(count, scope);
  return PAGE_SIZES.flatMap((size) => crowd.slice(size - 1, size + 2)).flatMap((id) => [
    { what: `The stream "${scope.name(id)}"`, read: direct('streams.get', id) },
    ...(surfaces.includes('activity')
      ? [
          {
            what: `The event "${scope.name(id)}"`,
            read: direct('activity.list', { streamId: id, limit: 5 }),
          },
        ]
      : []),
  ]);
}
