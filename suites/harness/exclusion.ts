/** Whether sections of one stream excluded each other, by what they lost and, where that must not be, by their times. */
import { unexplained } from './effects.ts';
import type { Failure, TrialRun } from './property.ts';
import { overlapFailure, overlapOf, sectionsOf, type Section } from './sections.ts';

/**
 * For an atomic adapter the sections' reads and writes decide: an optimistic one may let sections overlap whose work
 * it then throws away. For others no two of the sections that `counts` accepts may overlap.
 */
export function notExclusive(
  run: TrialRun<unknown>,
  counts: (section: Section) => boolean = () => true,
): Failure | undefined {
  const { main, trial, scope, subject } = run;
  const stored = subject.surfaces.includes('streams');
  const lost = stored ? unexplained(run) : undefined;
  if (lost !== undefined || (stored && subject.capabilities.atomic)) return lost;
  const pair = overlapOf(sectionsOf(main, trial).filter(counts));
  return pair === undefined ? undefined : overlapFailure(pair, scope);
}
