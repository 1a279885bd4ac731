import fc from 'fast-check';
import { compareIds } from '../../../adapters/contract/index.ts';
import type { Actor, CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { direct, enter, leave, streamOf, view } from '../../harness/cases/generate.ts';
import { calls, codeOf, observed, valueOf, whoOf, type Observed } from '../../harness/judging/observe.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import { crowd } from '../../harness/parts/crowd.ts';
import { joined } from '../../harness/parts/joined.ts';
import { listedPrograms } from '../../harness/parts/listedPrograms.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Property,
  type Subject,
  type Trial,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { scripted, turn, waits, type Turn } from '../../harness/cases/script.ts';
import { sectionsOf } from '../../harness/judging/sections.ts';
import { READS_INSIDE } from './readsInside.ts';
import { SECTION_PROGRAMS } from './sectionPrograms.ts';
import { entriesOf, entryOptions, entrySituations } from '../../harness/vocabulary/shapes.ts';

interface Holder {
  /** What the holder does after its write: it reads its stream, scans all streams, or both. */
  readonly reads: 'get' | 'scan' | 'both';
  /**
   * How the holder requests its lock. There are no nested sections, because these may need a connection of their own.
   */
  readonly entry: string;
}

interface Case {
  readonly holders: readonly Holder[];
  /** The holders whose streams a reader outside of sections reads meanwhile. */
  readonly watched: readonly number[];
}

/** More than the connections of a usual pool, so that each connection holds a lock. */
const MANY = 12;

const READS = ['get', 'scan', 'both'] as const;

function holderOf(subject: Subject): fc.Arbitrary<Holder> {
  return fc.record({
    reads: fc.constantFrom(...READS),
    entry: fc.constantFrom(...entriesOf(subject)),
  });
}

/**
 * At least as many holders as there are connections, each of its own stream, write and read through the view at once.
 * All must complete: a call that needs a second connection would wait forever. Each must see what it wrote, and
 * nobody outside may see it before the section has ended.
 */
const HOLDERS: Property<Case> = {
  clause: 'LOCK-14',
  topologies: ['one', 'processes'],
  alsoIn: ['small-pool'],
  schedules: 'free',
  arbitrary: (subject) =>
    fc.record({
      holders: fc.oneof(
        { weight: 1, arbitrary: fc.array(holderOf(subject), { minLength: MANY, maxLength: MANY }) },
        // No more holders than a small pool has connections.
        { weight: 1, arbitrary: fc.tuple(holderOf(subject), holderOf(subject)) },
      ),
      watched: fc.array(fc.nat({ max: MANY - 1 }), { minLength: 1, maxLength: 3 }),
    }),
  examples: (subject) => [
    { holders: everyKind(subject, MANY), watched: [0] },
    { holders: everyKind(subject, 2), watched: [0, 1] },
  ],
  trial: ({ holders, watched }, scope) => {
    const ids = holders.map((_, index) => scope.id(`s${index + 1}`));
    const watches = watched.map((index) => direct('streams.get', ids[index % ids.length]));
    const program = holders.length < MANY ? watchedSections : allAtOnce;
    return { ...program(ids, holders, watches), patienceMs: 3_000 };
  },
  judge: (run) => unseen(run) ?? seenTooEarly(run),
  exercised: ({ trial }) => trial.actors.length > 2,
  situations: (subject) => [
    ...entrySituations(
      subject,
      (way) => `a section ${way}, in which the holder read back what it had written`,
      (_, { section }, run) => readsBack(run).some(({ record }) => record.section === section),
    ),
    ...(['streams.get', 'streams.scan'] as const).map((method) => ({
      name: `a ${method} in a section, after its holder had written`,
      occurred: (run: TrialRun<Case>) => readsBack(run).some(({ step }) => step.method === method),
    })),
    { name: 'more callers at once than a pool usually has connections for', occurred: wasCrowded },
    { name: 'a read from outside of what a holder had written', occurred: wasWatched },
  ],
};

/** Holders with every way to request the lock and every read. */
function everyKind(subject: Subject, count: number): Holder[] {
  const entries = entriesOf(subject);
  return Array.from({ length: count }, (_, index) => ({
    reads: READS[(index + 2) % READS.length] ?? 'both',
    entry: entries[index % entries.length] ?? '',
  }));
}

/** Answered reads through the view, in sections whose write was answered. */
function readsBack(run: TrialRun<unknown>): (Observed & { readonly step: CallStep })[] {
  const written = calls(run, 'streams.create').filter(({ record }) => codeOf(record) === undefined);
  return [...calls(run, 'streams.get'), ...calls(run, 'streams.scan')].filter(
    ({ step, record }) =>
      step.via === 'view' &&
      codeOf(record) === undefined &&
      written.some((one) => one.record.section === record.section),
  );
}

/** Whether this many actors were in a section, or waited for one, at the same time. */
function wasCrowded({ main, trial }: TrialRun<unknown>): boolean {
  const sections = sectionsOf(main, trial);
  const at = (time: number): number =>
    sections.filter(({ entered, left }) => entered.call <= time && time < (left?.return ?? 0)).length;
  return sections.some(({ entered }) => at(entered.call) >= MANY);
}

/** A reader outside began to read the stream before the section had ended. */
function wasWatched(run: TrialRun<unknown>): boolean {
  const written = calls(run, 'streams.create');
  return calls(run, 'streams.get')
    .filter(({ step }) => step.via === 'instance')
    .some(({ step: { args }, record }) =>
      sectionsOf(run.main, run.trial).some(
        ({ stream, number, to }) =>
          stream === args[0] &&
          record.call < to &&
          written.some((one) => one.record.section === number && one.record.return <= record.call),
      ),
    );
}

export const LOCK_14: AnyProperty = property(
  joined(
    joined(HOLDERS, crowd),
    listedPrograms([...SECTION_PROGRAMS, ...READS_INSIDE], () => true),
  ),
);

function allAtOnce(
  ids: readonly string[],
  holders: Case['holders'],
  watches: readonly Step[],
): Pick<Trial, 'actors'> {
  const sections = holders.map(({ reads, entry }, index): Actor => {
    const id = ids[index] as string;
    return { instance: 0, steps: [ask(id, entry), write(id), ...readsOf(id, reads), leave] };
  });
  return { actors: [...sections, { instance: 0, steps: watches }] };
}

/** An order in which every holder has written, and none has left, when the reader outside reads. */
function watchedSections(
  ids: readonly string[],
  holders: Case['holders'],
  watches: readonly Step[],
): Pick<Trial, 'actors' | 'order'> {
  const ofEach = (steps: (id: string, holder: number) => readonly Step[]): Turn[] =>
    ids.flatMap((id, holder) => steps(id, holder).map((step) => turn(holder, step)));
  const written = ofEach((id, holder) => [ask(id, holders[holder]?.entry), write(id)]);
  // A read may have to wait for the holder. Then it sees nothing too early.
  const looks = watches.map((step) => waits(ids.length, step));
  const rest = ofEach((id, holder) => [...readsOf(id, holders[holder]?.reads ?? 'get'), leave]);
  return scripted([...written, ...looks, ...rest], Array<number>(ids.length + 1).fill(0));
}

function ask(id: string, entry: string = 'plain'): Step {
  return enter(id, entryOptions(entry, [id]));
}

function write(id: string): Step {
  return view('streams.create', streamOf(id));
}

/** The ids of later trials sort first, so the scan shows the streams of this trial. */
function readsOf(id: string, reads: Holder['reads']): Step[] {
  return [
    ...(reads === 'get' ? [] : [view('streams.scan', { limit: MANY })]),
    ...(reads === 'scan' ? [] : [view('streams.get', id)]),
  ];
}

function unseen(run: TrialRun<Case>): Failure | undefined {
  const { trial, scope } = run;
  for (const { step, record } of observed(run)) {
    if (step.do !== 'call' || step.via !== 'view' || step.method === 'streams.create') continue;
    if (codeOf(record) !== undefined) continue;
    const id = streamOfActor(trial.actors[record.actor]);
    if (mayShow(id, valueOf(record))) continue;
    return {
      summary: `A holder (${whoOf(record)}) created the stream "${scope.name(id)}" through its view and then did not see it through the view.`,
      expected: 'reads through the view see the writes through it',
      actual: `${step.method} did not show it`,
      marked: run.main.records.filter(({ section }) => section === record.section),
    };
  }
  return undefined;
}

function streamOfActor(actor: Actor | undefined): string {
  const first = actor?.steps[0];
  return first?.do === 'enter' ? first.stream : '';
}

/** Whether the page shows the stream, or is shorter than requested and ends before it. */
function mayShow(id: string, value: unknown): boolean {
  const { id: own, items } = (value ?? {}) as {
    readonly id?: string;
    readonly items?: readonly { readonly id: string }[];
  };
  if (items === undefined) return own === id;
  if (items.some((item) => item.id === id)) return true;
  const last = items.at(-1);
  const goesOn = pageIn(value).nextCursor !== undefined && items.length < MANY;
  return goesOn && last !== undefined && compareIds(last.id, id) < 0;
}

function seenTooEarly({ main, trial, scope, subject }: TrialRun<Case>): Failure | undefined {
  if (!subject.capabilities.atomic) return undefined;
  const sections = sectionsOf(main, trial);
  for (const record of main.records) {
    const step = trial.actors[record.actor]?.steps[record.step];
    if (step?.do !== 'call' || step.via !== 'instance' || valueOf(record) === undefined) continue;
    // The last run of the callback, because the writes of earlier runs were discarded.
    const source = sections.find(({ stream, left }) => stream === step.args[0] && left !== undefined);
    if (source === undefined || source.to <= record.return) continue;
    return {
      summary: `A caller outside the section (${whoOf(record)}) saw what the holder of "${scope.name(source.stream)}" had written, while its section still ran.`,
      expected: 'writes through the view are in the transaction of the section',
      actual: 'the write was visible before the section had ended',
      marked: [record, source.entered, ...(source.left === undefined ? [] : [source.left])],
    };
  }
  return undefined;
}
