import fc from 'fast-check';
import type { Actor, Step } from '../../../scenarios/host/program.ts';
import { addDigit, amountOf, effectsOf, unexplained } from '../../harness/effects.ts';
import { direct, enter, leave, streamOf, view } from '../../harness/generate.ts';
import { calls, valueOf, whoOf } from '../../harness/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Trial,
  type TrialRun,
} from '../../harness/property.ts';
import { act, scripted, waits, type Act } from '../../harness/script.ts';

interface Case {
  /** What each holder does after it has written: reads its stream again, lists, or both. */
  readonly holders: readonly ('get' | 'list' | 'both')[];
  /** Which holders' streams somebody outside reads meanwhile. */
  readonly watched: readonly number[];
}

/** More than a pool usually has connections, so that all of them hold a lock. */
const MANY = 12;

const holder = fc.constantFrom('get' as const, 'list' as const, 'both' as const);

/**
 * As many holders at once as there are connections and more, each of its own stream, write and read through the view.
 * All complete: a call that needs a second connection waits for one forever. Each sees what it wrote, and nobody
 * outside does before its section has ended.
 */
export const LOCK_14: AnyProperty = property<Case>({
  clause: 'LOCK-14',
  schedules: 'free',
  arbitrary: () =>
    fc.record({
      holders: fc.oneof(
        { weight: 3, arbitrary: fc.array(holder, { minLength: MANY, maxLength: MANY }) },
        { weight: 1, arbitrary: fc.array(holder, { minLength: 2, maxLength: 4 }) },
      ),
      watched: fc.array(fc.nat({ max: MANY - 1 }), { minLength: 1, maxLength: 3 }),
    }),
  trial: ({ holders, watched }, scope) => {
    const ids = holders.map((_, index) => scope.id(`s${index + 1}`));
    const watches = watched.map((index) => direct('streams.get', ids[index % ids.length]));
    return {
      setup: ids.map((id) => direct('streams.create', streamOf(id))),
      ...(holders.length < MANY ? watchedSections(ids, holders, watches) : allAtOnce(ids, holders, watches)),
      finale: ids.map((id) => direct('streams.get', id)),
      patienceMs: 3_000,
    };
  },
  judge: (run) => unseen(run) ?? seenTooEarly(run) ?? unexplained(run),
  exercised: ({ trial }) => trial.actors.length > 2,
});

function allAtOnce(
  ids: readonly string[],
  holders: Case['holders'],
  watches: readonly Step[],
): Pick<Trial, 'actors'> {
  const sections = holders.map((reads, index): Actor => {
    const id = ids[index] as string;
    return { instance: 0, steps: [enter(id), ...addDigit(id, 1), ...readsOf(id, reads), leave] };
  });
  return { actors: [...sections, { instance: 0, steps: watches }] };
}

/** Every holder has written and none has left when somebody outside looks. */
function watchedSections(
  ids: readonly string[],
  holders: Case['holders'],
  watches: readonly Step[],
): Pick<Trial, 'actors' | 'order'> {
  const ofEach = (steps: (id: string, holder: number) => readonly Step[]): Act[] =>
    ids.flatMap((id, holder) => steps(id, holder).map((step) => act(holder, step)));
  const written = ofEach((id) => [enter(id), ...addDigit(id, 1)]);
  // A look may have to wait for the holder: then it sees nothing too early.
  const looks = watches.map((step) => waits(ids.length, step));
  const rest = ofEach((id, holder) => [...readsOf(id, holders[holder] ?? 'get'), leave]);
  return scripted([...written, ...looks, ...rest], Array<number>(ids.length + 1).fill(0));
}

function readsOf(id: string, reads: Case['holders'][number]): Step[] {
  return [
    ...(reads === 'get' ? [] : [view('streams.list', { status: 'active', limit: 3 })]),
    ...(reads === 'list' ? [] : [view('streams.get', id)]),
  ];
}

/** `unexplained` judges sections that took effect; a holder sees its own writes in any case. */
function unseen(run: TrialRun<Case>): Failure | undefined {
  const { scope } = run;
  for (const { accesses } of effectsOf(run)) {
    const write = accesses.find(({ kind }) => kind === 'write');
    const after = accesses.find(
      (access) => access.kind === 'read' && write !== undefined && access.record.call >= write.record.return,
    );
    if (write === undefined || after === undefined || after.value === write.value) continue;
    return {
      summary: `A holder (${whoOf(after.record)}) wrote releasedAmount=${write.value} of "${scope.name(write.id)}" through its view and then read ${after.value} through it.`,
      expected: 'reads through the view see the writes through it',
      actual: `releasedAmount=${after.value}`,
      marked: [write.record, after.record],
    };
  }
  return undefined;
}

function seenTooEarly(run: TrialRun<Case>): Failure | undefined {
  if (!run.subject.capabilities.atomic) return undefined;
  const sections = effectsOf(run);
  for (const { step, record } of calls(run, 'streams.get')) {
    if (step.via !== 'instance') continue;
    const source = sections.find(
      ({ section, accesses }) =>
        section.left !== undefined &&
        section.to > record.return &&
        accesses.some((one) => one.kind === 'write' && one.id === step.args[0]),
    );
    if (source === undefined || amountOf(valueOf(record)) === '0') continue;
    return dirtyRead(record.outcome.status === 'ok' ? [record] : [], String(step.args[0]), run.scope);
  }
  return undefined;
}

function dirtyRead(marked: NonNullable<Failure['marked']>, id: string, scope: Scope): Failure {
  return {
    summary: `Somebody outside saw what the holder of "${scope.name(id)}" had written, while its section still ran.`,
    expected: 'writes through the view are in the transaction of the section',
    actual: 'the write was visible before the section had ended',
    marked,
  };
}
