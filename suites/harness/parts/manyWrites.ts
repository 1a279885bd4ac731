/**
 * Sections that write more records than some storages accept in one transaction. All of the records must be stored, or
 * none.
 */
import fc from 'fast-check';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { direct, enter, leave, streamOf, view } from '../cases/generate.ts';
import { codeOf, valueOf, whoOf } from '../judging/observe.ts';
import type { Failure, Scope, Subject, TrialRun } from '../engine/property.ts';
import { sectionsOf } from '../judging/sections.ts';
import { MANY_WRITES } from '../vocabulary/limits.ts';
import { entriesFor } from '../vocabulary/vocabulary.ts';
import type { Part } from './joined.ts';
import { locksStreams } from '../cases/lockedStreams.ts';

interface Case {
  readonly writes: number;
}

const all = (subject: Pick<Subject, 'omitted'>): number[] =>
  entriesFor(MANY_WRITES, subject).map(([, writes]) => writes);

export const manyWrites: Part<Case> = {
  applies: (subject) => locksStreams(subject) && subject.capabilities.atomic,
  // Only the examples write the larger numbers, because these take long.
  arbitrary: (subject) => fc.record({ writes: fc.constant(Math.min(...all(subject))) }),
  examples: (subject) => all(subject).map((writes) => ({ writes })),
  situations: () =>
    Object.entries(MANY_WRITES.entries).map(([name, writes]) => ({
      name: `a section that wrote ${name} records`,
      occurred: ({ input, main }) => input.writes === writes && main.records.length > writes,
    })),
  trial: ({ writes }, scope) => {
    const ids = idsOf(writes, scope);
    const creates = ids.map((id): Step => view('streams.create', streamOf(id)));
    return {
      actors: [{ instance: 0, steps: [enter(scope.id('s1')), ...creates, leave] }],
      finale: ids.map((id) => direct('streams.get', id)),
      patienceMs: 20_000,
    };
  },
  judge: storedInPart,
};

function idsOf(writes: number, scope: Scope): string[] {
  return Array.from({ length: writes }, (_, index) => scope.id(`many-${index + 1}`));
}

function storedInPart({ input, main, trial, finale }: TrialRun<Case>): Failure | undefined {
  const [section] = sectionsOf(main, trial);
  const left = section?.left;
  if (section === undefined || left === undefined) return undefined;
  const stored = finale.filter((record) => valueOf(record) !== undefined);
  const whole = stored.length === input.writes;
  if (whole && codeOf(left) === 'OUTCOME_UNKNOWN') return undefined;
  if (section.committed ? whole : stored.length === 0) return undefined;
  const missing = finale.find((record) => valueOf(record) === undefined);
  return {
    summary: `A section wrote ${input.writes} records, and ${stored.length} of them are stored, although its withLock ${section.committed ? 'resolved' : `rejected with ${codeOf(left)}`} (${whoOf(left)}).`,
    expected: 'what a section wrote is stored as a whole if its withLock resolved, and not at all otherwise',
    actual: `${stored.length} of ${input.writes}`,
    marked: missing === undefined ? [left] : [left, missing],
  };
}
