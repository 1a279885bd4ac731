/**
 * Locks that trials compete for, and the record that each protects: that of its own stream or, if no record has the
 * lock's id, another one. In the latter case a lock on the stream's row has no row to lock.
 */
import { direct, streamOf } from '../cases/generate.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import type { Scope, Situation, TrialRun } from '../engine/property.ts';
import { sectionsOf, type Section } from '../judging/sections.ts';

export const LOCKS = ['s1', 's2', 'nobody'] as const;
export type LockName = (typeof LOCKS)[number];

/** The name of the stream record that sections of this lock read and write. */
export function recordOf(lock: string): string {
  return lock === 'nobody' ? 'kept' : lock;
}

/** Creates the records of these locks. */
export function recordsSetup(locks: readonly string[], scope: Scope): CallStep[] {
  const names = [...new Set(locks.map(recordOf))];
  return names.map((name) => direct('streams.create', streamOf(scope.id(name))));
}

/** The situation of a section that `counts`, with a lock under whose id no stream is stored. */
export function bareSituation(
  counts: (section: Section, run: TrialRun<unknown>) => boolean,
): Situation<unknown> {
  return {
    name: 'a section of a stream that is not stored',
    occurred: (run) => {
      const created = new Set((run.trial.setup ?? []).flatMap((step) => createdBy(step)));
      return sectionsOf(run.main, run.trial).some(
        (section) => !created.has(section.stream) && isNamed(section, run) && counts(section, run),
      );
    },
  };
}

function createdBy(step: Step): string[] {
  if (step.do !== 'call' || step.method !== 'streams.create') return [];
  return [(step.args[0] as { readonly id: string }).id];
}

function isNamed({ stream }: Section, { scope }: TrialRun<unknown>): boolean {
  return LOCKS.some((lock) => scope.name(stream) === lock);
}
