import { describe, expect, it } from 'vitest';
import { addMs, type SchemaState } from '../../contract/index.ts';
import { lastDone, lastUndoable, nextStep } from './course.ts';
import type { Facts, SideFacts, StepMark } from './facts.ts';
import { gatesOf } from './gates.ts';
import { nextUndo } from './rollback.ts';
import { STEP_NAMES, type GateName, type StepName } from '../../contract/migration/moveSteps.ts';
import { BOUNDS, factsAfter, instance, NOW, withStatus } from './testing/facts.ts';

const BEFORE: Readonly<Record<StepName, StepName | undefined>> = Object.fromEntries(
  STEP_NAMES.map((name, index) => [name, STEP_NAMES[index - 1]]),
) as Record<StepName, StepName | undefined>;

describe('the course of a move', () => {
  it.each(STEP_NAMES)('is read from the storages: after %s', (name) => {
    const facts = factsAfter(name);
    expect(lastDone(facts)).toBe(name);
    expect(nextStep(facts)).toBe(STEP_NAMES[STEP_NAMES.indexOf(name) + 1]);
  });

  it.each(STEP_NAMES)('passes every gate of %s when all goes well', (name) => {
    expect(gatesOf(name, factsAfter(BEFORE[name]), BOUNDS).filter(({ passed }) => !passed)).toEqual([]);
  });

  it('rolls back what changes something, the last first', () => {
    const undone = STEP_NAMES.map((name) => lastUndoable(factsAfter(name)));
    expect(undone).toEqual([
      undefined,
      undefined,
      'bridged',
      'dual',
      'dual',
      'dual',
      'dual',
      'reads',
      'hand-over',
      'hand-over',
    ]);
    const some = {
      ...factsAfter('rehearse').status.control!,
      reads: { ...factsAfter('dual').status.control!.reads, users: 1 },
    };
    expect(lastUndoable(withStatus(factsAfter('rehearse'), { control: some }))).toBe('reads');
    expect(nextUndo(factsAfter('reads'), 'dual')).toBe('reads');
    expect(nextUndo(factsAfter('compare'), 'dual')).toBeUndefined();
    expect(nextUndo(factsAfter('compare'), 'begin')).toBe('dual');
  });

  it('starts the comparison and the rehearsal anew when the authority has moved', () => {
    const facts = factsAfter('rehearse');
    const moved = withStatus(facts, { authority: { decides: 'old', epoch: 3, finished: false } });
    expect(nextStep(moved)).toBe('compare');
  });
});

describe('a gate that does not pass', () => {
  interface Case {
    readonly name: string;
    readonly step: StepName;
    readonly gate: GateName;
    /** Of what goes well, this is otherwise. */
    readonly but: (facts: Facts) => Facts;
    readonly says: string;
    readonly figures: Readonly<Record<string, unknown>>;
  }

  const mark = (fields: Partial<StepMark>): StepMark => ({ epoch: 1, at: NOW, figures: {}, ...fields });
  const other =
    (fields: Partial<SideFacts>) =>
    (facts: Facts): Facts => ({ ...facts, new: { ...facts.new, ...fields } });
  const schema = (fields: Partial<SchemaState>) =>
    other({ schema: { missing: [], unknown: [], invalid: [], indexes: 4, ...fields } });

  const cases: readonly Case[] = [
    {
      name: 'a step out of turn',
      step: 'reads',
      gate: 'order',
      but: () => factsAfter('dual'),
      says: 'the last step done is dual, required is rehearse',
      figures: { done: 'dual', required: 'rehearse' },
    },
    {
      name: 'finish too early',
      step: 'finish',
      gate: 'order',
      but: () => factsAfter('reads'),
      says: 'the last step done is reads, required is hand-over',
      figures: {},
    },
    {
      name: 'a side without authority',
      step: 'begin',
      gate: 'sides',
      but: other({ lacks: ['authority'] }),
      says: 'the new side lacks authority',
      figures: { lacking: 1 },
    },
    {
      name: 'missing migrations',
      step: 'schema',
      gate: 'schema',
      but: schema({ missing: ['007_authority.sql'] }),
      says: 'the new side lacks the migrations 007_authority.sql',
      figures: { problems: 1, indexes: 4 },
    },
    {
      name: 'a schema of another version',
      step: 'schema',
      gate: 'schema',
      but: schema({ unknown: ['999_of_tomorrow.sql'], invalid: ['streams_by_status'] }),
      says: 'the new side has migrations that this version does not know: 999_of_tomorrow.sql; the new side has invalid indexes: streams_by_status',
      figures: { problems: 2 },
    },
    {
      name: 'too few instances',
      step: 'bridged',
      gate: 'fleet',
      but: (facts) => withStatus(facts, { instances: [instance()] }),
      says: "1 registered, 2 expected (the operator's is one), 0 below before, 0 have yet to obey the last order",
      figures: { registered: 1, expected: 2 },
    },
    {
      name: 'an instance below the stage',
      step: 'backfill',
      gate: 'fleet',
      but: (facts) =>
        withStatus(facts, {
          instances: [...facts.status.instances, instance({ id: 'i3', stage: 'bridged', control: 1 })],
        }),
      says: "3 registered, 2 expected (the operator's is one), 1 below dual, 0 have yet to obey the last order: i3 at bridged",
      figures: { below: 1 },
    },
    {
      name: 'an instance that has not heard of the last order',
      step: 'hand-over',
      gate: 'fleet',
      but: (facts) =>
        withStatus(facts, {
          instances: facts.status.instances.with(0, { ...facts.status.instances[0]!, control: 2 }),
        }),
      says: "2 registered, 2 expected (the operator's is one), 0 below cut-over, 1 have yet to obey the last order: i1 at cut-over",
      figures: { late: 1 },
    },
    {
      name: 'a section of before the last order',
      step: 'backfill',
      gate: 'sections',
      but: (facts) => ({
        ...withStatus(facts, {
          control: { ...facts.status.control!, at: addMs(NOW, -5000) },
          instances: facts.status.instances.map((one) => ({ ...one, oldestSectionMs: 3500 })),
        }),
      }),
      says: 'the oldest section is open for 3.5 s, allowed are 3 s',
      figures: { oldestMs: 3500, allowedMs: 3000 },
    },
    {
      name: 'a section that is open for too long',
      step: 'hand-over',
      gate: 'sections',
      but: (facts) =>
        withStatus(facts, {
          instances: facts.status.instances.map((one) => ({ ...one, oldestSectionMs: 31_000 })),
        }),
      says: 'the oldest section is open for 31 s, allowed are 30 s',
      figures: { oldestMs: 31_000, allowedMs: 30_000 },
    },
    {
      name: 'debts that last',
      step: 'hand-over',
      gate: 'debts',
      but: (facts) =>
        withStatus(facts, {
          owed: {
            count: 3,
            oldestMs: 12_000,
            first: [{ kind: 'streams', id: 's1', reason: 'the disk is full' }],
          },
        }),
      says: '3 owed, the oldest for 12 s, allowed are 2 s: streams "s1" (the disk is full), …',
      figures: { owed: 3, oldestMs: 12_000, allowedMs: 2000 },
    },
    {
      name: 'a comparison that found differences',
      step: 'rehearse',
      gate: 'comparison',
      but: (facts) => ({
        ...facts,
        marks: { ...facts.marks, compare: mark({ figures: { compared: 9, differences: 2, unread: 1 } }) },
      }),
      says: '9 compared 0 s ago, 2 differ, 1 unread',
      figures: { differences: 2, unread: 1 },
    },
    {
      name: 'a comparison that is old',
      step: 'hand-over',
      gate: 'comparison',
      but: (facts) => ({
        ...facts,
        marks: { ...facts.marks, compare: mark({ at: addMs(NOW, -900_000), figures: { compared: 9 } }) },
      }),
      says: '9 compared 900 s ago, 0 differ, 0 unread; it may be 600 s old',
      figures: { ageMs: 900_000, allowedAgeMs: 600_000 },
    },
    {
      name: 'a comparison from before the authority moved',
      step: 'finish',
      gate: 'comparison',
      but: (facts) => ({
        ...facts,
        marks: { ...facts.marks, compare: mark({ epoch: 1, figures: { compared: 9 } }) },
      }),
      says: '9 compared 0 s ago, 0 differ, 0 unread, before the authority moved',
      figures: {},
    },
    {
      name: 'a way back that failed when it was tried',
      step: 'reads',
      gate: 'way-back',
      but: (facts) => ({
        ...facts,
        marks: { ...facts.marks, rehearse: mark({ figures: { tried: 9, failed: 1 } }) },
      }),
      says: '9 tried 0 s ago, 1 failed',
      figures: { tried: 9, failed: 1 },
    },
    {
      name: 'a way back that was never tried',
      step: 'hand-over',
      gate: 'way-back',
      but: (facts) => ({ ...facts, marks: { compare: facts.marks.compare! } }),
      says: 'the way back was not tried',
      figures: { tried: 0 },
    },
  ];

  it.each(cases)('$name', ({ step, gate, but, says, figures }) => {
    const facts = but(factsAfter(BEFORE[step]));
    const short = gatesOf(step, facts, BOUNDS).filter(({ passed }) => !passed);
    expect(short).toEqual([
      {
        name: gate,
        passed: false,
        figures: expect.objectContaining(figures),
        says,
        todo: expect.stringMatching(/^[A-Z].*\.$/),
      },
    ]);
  });

  it('lets pass what is under way', () => {
    const facts = withStatus(factsAfter('reads'), {
      owed: { count: 5, oldestMs: 300, first: [{ kind: 'jobs' }] },
      instances: factsAfter('reads').status.instances.map((one) => ({ ...one, oldestSectionMs: 800 })),
    });
    expect(gatesOf('hand-over', facts, BOUNDS).every(({ passed }) => passed)).toBe(true);
  });
});
