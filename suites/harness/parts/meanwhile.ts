/** A lock is held and somebody waits for it, while something unrelated happens: see MEANWHILE. */
import fc from 'fast-check';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { formatNs } from '../../duration.ts';
import { enter, direct, leave, saved, streamOf, view } from '../cases/generate.ts';
import { overdueFailure, scripted, turn, waits } from '../cases/script.ts';
import type { Failure, Subject, TrialRun } from '../engine/property.ts';
import { codeOf, observed, whoOf, type Observed } from '../judging/observe.ts';
import { exclusionFailure } from '../judging/sections.ts';
import { MEANWHILE, MEANWHILE_ACTORS, type Meanwhile } from '../vocabulary/meanwhile.ts';
import { entriesFor } from '../vocabulary/vocabulary.ts';
import type { Part } from './joined.ts';

interface Case {
  /** The name of what happens, in MEANWHILE. */
  readonly entry: string;
  /** Whether the waiter requests the lock before the first event. Otherwise it does so after it. */
  readonly waiterFirst: boolean;
}

const { waiter, holder, director } = MEANWHILE_ACTORS;
/** Longer than anybody waits here, in milliseconds. */
const BOUND_MS = 4_000;

/** The cases with events of this subject. */
export function meanwhile(about: Meanwhile['about']): Part<Case> {
  const isOf = ({ about: what, needs }: Meanwhile, { capabilities }: Subject): boolean =>
    what === about && (needs === undefined || capabilities[needs] !== false);
  // The required situations do not depend on the omitted entry.
  const allOf = (subject: Subject): (readonly [string, Meanwhile])[] =>
    Object.entries(MEANWHILE.entries).filter(([, entry]) => isOf(entry, subject));
  const entriesOf = (subject: Subject): (readonly [string, Meanwhile])[] =>
    entriesFor(MEANWHILE, subject).filter(([, entry]) => isOf(entry, subject));
  return {
    applies: (subject) => allOf(subject).length > 0,
    arbitrary: (subject) =>
      fc.record({
        entry: fc.constantFrom(...entriesOf(subject).map(([name]) => name)),
        waiterFirst: fc.boolean(),
      }),
    examples: (subject) =>
      entriesOf(subject).flatMap(([entry]) =>
        [true, false].map((waiterFirst): Case => ({ entry, waiterFirst })),
      ),
    situations: (subject) =>
      allOf(subject).map(([name, { told }]) => ({
        name: `a lock that was held and waited for ${told}`,
        occurred: (run) => run.input.entry === name && wasWaitedFor(run),
      })),
    trial: ({ entry, waiterFirst }, scope, subject) => {
      const s1 = scope.id('s1');
      const { holding, before, during, afterwards = [] } = meanwhileNamed(entry);
      const stored = subject.surfaces.includes('streams');
      const read = stored ? [saved('read', view('streams.get', s1))] : [];
      const write = stored ? [view('streams.put', { $saved: 'read', add: { revision: 1 } })] : [];
      const patience = subject.capabilities.lockTimeout ? { timeoutMs: BOUND_MS } : {};
      const waiting = waits(waiter, enter(s1, patience));
      const program = scripted(
        [
          ...(before?.(s1) ?? []),
          turn(holder, enter(s1, holding)),
          ...read.map((step) => turn(holder, step)),
          ...during(s1).toSpliced(waiterFirst ? 0 : 1, 0, waiting),
        ],
        // The holder uses another instance than the one that is closed or opened.
        [about === 'instances' ? 1 : 0, 1, 0, 0, 0],
      );
      return {
        ...program,
        // Steps that the order does not name run after it.
        actors: program.actors.map((actor, index) => ({
          ...actor,
          steps: [...actor.steps, ...restOf(index, { read, write, afterwards })],
        })),
        ...(stored ? { setup: [direct('streams.create', streamOf(s1))] } : {}),
        patienceMs: 2_500,
      };
    },
    judge: (run) =>
      isWithinOne(run)
        ? undefined
        : (letIn(run) ?? refused(run) ?? overdueFailure(run, 'what happens beside a lock ends')),
  };
}

function meanwhileNamed(name: string): Meanwhile {
  return MEANWHILE.entries[name] as Meanwhile;
}

function restOf(
  actor: number,
  { read, write, afterwards }: Readonly<Record<'read' | 'write' | 'afterwards', readonly Step[]>>,
): readonly Step[] {
  if (actor === director) return afterwards;
  if (actor === waiter) return [...read, ...write, leave];
  return actor === holder ? [...write, leave] : [];
}

function askedBy(actor: number, run: TrialRun<Case>): Observed | undefined {
  return observed(run).find(({ step, record }) => step.do === 'enter' && record.actor === actor);
}

/** With a single instance, closing it also ends the holder. */
function isWithinOne(run: TrialRun<Case>): boolean {
  const closed = observed(run).find(({ step }) => step.do === 'close' || step.do === 'reopen')?.record;
  return closed !== undefined && closed.instance === askedBy(holder, run)?.record.instance;
}

function wasWaitedFor(run: TrialRun<Case>): boolean {
  const held = askedBy(holder, run)?.record;
  const waited = askedBy(waiter, run)?.record;
  const left = run.main.records.findLast((record) => record.actor === holder);
  if (held?.outcome.status !== 'ok' || waited === undefined || left === undefined) return false;
  return waited.call < left.return && !isWithinOne(run);
}

function letIn(run: TrialRun<Case>): Failure | undefined {
  const failure = exclusionFailure(run);
  if (failure === undefined) return undefined;
  const { told } = meanwhileNamed(run.input.entry);
  return { ...failure, summary: `A lock was held and waited for ${told}. ${failure.summary}` };
}

/** A refused waiter. The events do not concern the waiters, so none may be refused because of them. */
function refused(run: TrialRun<Case>): Failure | undefined {
  const asked = askedBy(waiter, run);
  const code = asked === undefined ? undefined : codeOf(asked.record);
  if (asked === undefined || code === undefined || code === 'UNAVAILABLE') return undefined;
  const { record } = asked;
  const waitedMs = (record.return - record.call) / 1e6;
  const isBounded = asked.step.do === 'enter' && asked.step.timeoutMs !== undefined;
  if (code === 'LOCK_TIMEOUT' && (!isBounded || waitedMs >= BOUND_MS / 2)) return undefined;
  const { told } = meanwhileNamed(run.input.entry);
  return {
    summary: `A lock was held and waited for ${told}. The waiter (${whoOf(record)}), to whom that was nothing, was refused with ${code} after ${formatNs(record.return - record.call)}.`,
    expected: 'the lock, as soon as its holder has left',
    actual: code === 'none' ? 'an error without a code' : code,
    marked: [record],
  };
}
