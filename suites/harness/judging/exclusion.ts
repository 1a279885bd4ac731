/**
 * Whether sections of one stream excluded each other. Lost writes show that they did not; for adapters that are not
 * atomic, so do their times.
 */
import type { StorageErrorCode } from '../../../adapters/contract/index.ts';
import { unexplained } from './effects.ts';
import type { Failure, TrialRun } from '../engine/property.ts';
import { stepOf } from './observe.ts';
import { overlapFailure, overlapOf, sectionsOf, type Section } from './sections.ts';

/** With these codes, withLock itself reports that the section may have been without its lock. */
const LOST: readonly (StorageErrorCode | undefined)[] = [
  'LOCK_LOST',
  'FENCED',
  'CLOSED',
  'UNAVAILABLE',
  'OUTCOME_UNKNOWN',
];

/**
 * Whether two actors were inside sections of one lock at once, for an adapter that undoes nothing. No trial may show
 * that, whatever its clause. For an atomic adapter, the sections' reads and writes say more than their times.
 */
export function heldAtOnce(run: TrialRun<unknown>): Failure | undefined {
  const { main, trial, scope, subject } = run;
  if (subject.capabilities.atomic) return undefined;
  const sections = sectionsOf(main, trial).filter((one) => keptItsLock(one) && !isOfOneSide(one, run));
  for (const [index, section] of sections.entries()) {
    const rival = sections
      .slice(0, index)
      .find((one) => one.stream === section.stream && one.actor !== section.actor && section.from < one.to);
    if (rival !== undefined) return overlapFailure([rival, section], scope);
  }
  return undefined;
}

function keptItsLock({ left }: Section): boolean {
  if (left === undefined) return false;
  const { outcome } = left;
  return outcome.status === 'ok'
    ? outcome.lost !== true
    : !(outcome.status === 'error' && LOST.includes(outcome.error.code));
}

/** Whether the section was entered directly on one side of a migration. Each side has its own locks. */
function isOfOneSide({ entered }: Section, { trial }: TrialRun<unknown>): boolean {
  const step = stepOf(trial, entered);
  return step?.do === 'enter' && step.side !== undefined;
}

/**
 * For an atomic adapter the sections' reads and writes decide, because an optimistic one may let sections overlap and
 * discard one of them. For others, no two of the sections that `counts` accepts may overlap.
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
