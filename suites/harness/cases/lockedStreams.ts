import type { Subject } from '../engine/property.ts';

/** Whether sections can read and write streams. */
export function locksStreams({ surfaces }: Pick<Subject, 'surfaces'>): boolean {
  return surfaces.includes('locks') && surfaces.includes('streams');
}
