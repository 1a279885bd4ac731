import { expect, it } from 'vitest';
import { judged } from './judged.ts';
import type { Property, TrialRun } from './property.ts';
import { subjectOf } from './testing/subject.ts';

const RUN: TrialRun<unknown> = {
  input: 'nested',
  trial: { actors: [] },
  scope: { id: String, name: String, number: 1 },
  subject: subjectOf(),
  setup: [],
  finale: [],
  main: { records: [], order: [], stuck: [], ghosts: [], lost: [], strays: [] },
};

const PROPERTY = {
  clause: 'LOCK-01',
  judge: () => undefined,
  situations: () => [
    { name: 'a nested section', occurred: ({ input }: TrialRun<unknown>) => input === 'nested' },
    { name: 'a bounded section', occurred: ({ input }: TrialRun<unknown>) => input === 'bounded' },
  ],
} as unknown as Property<unknown>;

it('says which situations a trial had', () => {
  expect(judged(PROPERTY, RUN).situations).toEqual(['a nested section']);
});

it('counts no situation of a trial that failed before its clause was judged', () => {
  const lost = { process: 1, reason: 'exit' as const, detail: 'code 0' };
  const run = { ...RUN, main: { ...RUN.main, lost: [lost] } };
  expect(judged(PROPERTY, run)).toMatchObject({ failure: { actual: 'exit: code 0' }, situations: [] });
});
