import fc from 'fast-check';
import { STAGES, type Stage, type StreamRecord } from '../../../adapters/contract/index.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { addDigit, unexplained } from '../../harness/judging/effects.ts';
import { direct, enter, leave, saved, streamOf, view } from '../../harness/cases/generate.ts';
import { codeOf, observed, show, valueOf, whoOf } from '../../harness/judging/observe.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { scripted, turn, type Turn } from '../../harness/cases/script.ts';
import { sectionsOf } from '../../harness/judging/sections.ts';
import { sequence, difference } from '../../harness/judging/sequences.ts';
import { asOldSide, EXACT, moveTo, onBoth, repair, sidesDiffer, sidesIn } from './moving.ts';

interface Case {
  readonly from: Stage;
  /** When somebody moves the instance: before which turn of the section, which is also before which page. */
  readonly moves: readonly { readonly to: Stage; readonly at: number }[];
  readonly rows: number;
}

/** Examples of moves from each stage to each other stage. */
const WAYS = STAGES.flatMap((from) => STAGES.filter((to) => to !== from).map((to) => ({ from, to })));
/** The turn of the section before which the instance is moved. The section has entered and written then. */
const FIRST_WRITES = 3;

const SECTION = 0;
const READER = 1;
const OPERATOR = 2;
const MAX_ROWS = 4;

/**
 * While a section reads and writes and a reader follows pages, their instance is moved from stage to stage. The section must
 * read what it has written. If it began in a stage that copies, all its writes must reach the new side. The joined pages must
 * be the list.
 */
export const MIG_06: AnyProperty = property<Case>({
  clause: 'MIG-06',
  slow: 10,
  topologies: ['one'],
  schedules: 'free',
  ownNamespace: true,
  arbitrary: () =>
    fc.record({
      from: fc.constantFrom(...STAGES),
      moves: fc.array(fc.record({ to: fc.constantFrom(...STAGES), at: fc.nat({ max: 7 }) }), {
        minLength: 1,
        maxLength: 3,
      }),
      rows: fc.integer({ min: 2, max: MAX_ROWS }),
    }),
  trial: (input, scope) => ({
    setup: [
      moveTo('dual'),
      ...streamsOf(input, scope).map((id) => direct('streams.create', streamOf(id, { createdAt: EXACT }))),
      repair,
      moveTo(input.from),
    ],
    ...scripted(turnsOf(input, scope), [0, 0, 0]),
    finale: [
      moveTo('dual'),
      repair,
      direct('streams.get', scope.id('s1')),
      ...writtenIn(scope).flatMap((id) => onBoth(direct('streams.get', id))),
    ],
  }),
  examples: () => WAYS.map(({ from, to }) => ({ from, moves: [{ to, at: FIRST_WRITES }], rows: 2 })),
  situations: () =>
    WAYS.map(({ from, to }) => ({
      name: `a section that had begun at the stage ${from}, and somebody who asked to move to ${to}`,
      occurred: ({ input, main, trial }) =>
        input.from === from &&
        input.moves[0]?.to === to &&
        main.records.some(({ actor }) => actor === OPERATOR) &&
        sectionsOf(main, trial).some(({ wrote }) => wrote),
    })),
  judge: (run) => failed(run) ?? unexplained(asOldSide(run)) ?? otherwiseCopied(run) ?? tornPages(run),
});

/** The streams that the section writes. */
function writtenIn(scope: Scope): string[] {
  return [scope.id('s1'), scope.id('s2')];
}

/** Every stream, in the order of the list. */
function streamsOf({ rows }: Case, scope: Scope): string[] {
  return [...writtenIn(scope), ...Array.from({ length: rows }, (_, index) => scope.id(`t${index + 1}`))];
}

/** The section's steps, the reader's pages, and what the operator does between them. */
function turnsOf(input: Case, scope: Scope): Turn[] {
  const [s1, s2] = writtenIn(scope) as [string, string];
  const section = [
    enter(s1),
    ...addDigit(s1, 1),
    saved(s2, view('streams.get', s2)),
    view('streams.put', { $saved: s2, add: { revision: 1, releasedAmount: 10 } }),
    view('streams.get', s1),
    leave,
  ];
  const pages = streamsOf(input, scope).map((_, index) => page(index));
  const turns: Turn[] = [];
  for (let index = 0; index < Math.max(section.length, pages.length); index += 1) {
    turns.push(
      ...input.moves.filter(({ at }) => at === index).map(({ to }) => turn(OPERATOR, moveTo(to))),
      ...section.slice(index, index + 1).map((step) => turn(SECTION, step)),
      ...pages.slice(index, index + 1).map((step) => turn(READER, step)),
    );
  }
  return turns;
}

/** The page requests of the reader, for one stream each. */
function page(index: number): ReturnType<typeof direct> {
  const cursor = index === 0 ? {} : { cursor: { $saved: `page ${index}`, path: 'nextCursor' } };
  return saved(`page ${index + 1}`, direct('streams.list', { limit: 1, ...cursor }));
}

/** Moving reads may be refused while the section owes copies. Nothing else may fail. */
function failed(run: TrialRun<Case>): Failure | undefined {
  for (const { step, record } of observed(run)) {
    const code = codeOf(record);
    const mayRefuse = step.do === 'call' && step.method === 'migration.moveTo' && step.args[0] === 'cut-over';
    if (code === undefined || (mayRefuse && code === 'CONFLICT')) continue;
    return {
      summary: `A call of an instance that was moved to another stage meanwhile (${whoOf(record)}) failed with ${code}.`,
      expected: 'operations continue as if the stage had not changed',
      actual: code === 'none' ? 'an error without a code' : code,
      marked: [record],
    };
  }
  return undefined;
}

/** The stage in which the section began. */
function stageOfSection({ main, trial, input }: TrialRun<Case>): Stage {
  let stage = input.from;
  for (const record of main.records) {
    const step = trial.actors[record.actor]?.steps[record.step];
    if (step?.do === 'enter') return stage;
    if (step?.do === 'call' && step.method === 'migration.moveTo' && record.outcome.status === 'ok')
      stage = step.args[0] as Stage;
  }
  return stage;
}

/** Judges what the section wrote. It depends on the stage in which the section began whether copies are made. */
function otherwiseCopied(run: TrialRun<Case>): Failure | undefined {
  const stage = stageOfSection(run);
  const isCopied = stage === 'dual' || stage === 'cut-over';
  for (const id of writtenIn(run.scope)) {
    const read = direct('streams.get', id);
    const what = `The stream "${run.scope.name(id)}"`;
    const when = `although the section that wrote it had begun at the stage ${stage}, and all that is owed has been repaired`;
    const failure = isCopied ? sidesDiffer(run, read, { what, when }) : writtenAnyway(run, read, stage);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function writtenAnyway(run: TrialRun<Case>, read: CallStep, stage: Stage): Failure | undefined {
  const { new: other } = sidesIn(run, read);
  if (other === undefined || (valueOf(other) as StreamRecord | undefined)?.revision === 0) return undefined;
  return {
    summary: `A section that had begun at the stage ${stage} was written to the new side.`,
    expected: 'instances at before and bridged write to the old side alone',
    actual: show(valueOf(other), run.scope),
    marked: [other],
  };
}

function tornPages(run: TrialRun<Case>): Failure | undefined {
  const pages = observed(run).filter(({ step }) => step.do === 'call' && step.method === 'streams.list');
  const came = pages.flatMap(({ record }) =>
    record.outcome.status === 'ok'
      ? pageIn(record.outcome.value).items.map((item) =>
          run.scope.name((item as { readonly id: unknown }).id),
        )
      : [],
  );
  const expected = streamsOf(run.input, run.scope).map((id) => run.scope.name(id));
  const fault = difference(expected, came);
  if (fault === undefined) return undefined;
  return {
    summary: `Following the list of streams page by page while the instance was moved to another stage, the reader ${fault}.`,
    expected: sequence(expected),
    actual: sequence(came),
    marked: pages.map(({ record }) => record),
  };
}
