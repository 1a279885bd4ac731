/** The gates check what a step needs. Each is a function of the facts and returns the figures that it decided by. */
import { type GateName, STEP_NAMES, type StepName } from '../../contract/migration/moveSteps.ts';
import { toMicros, type MigrationSide, type Stage } from '../../contract/index.ts';
import { isAt, lastDone } from './course.ts';
import { problemOf } from './emptiness.ts';
import type { Facts, SideFacts, StepMark } from './facts.ts';
import { stepOf } from './steps.ts';

/** What the gates require. Times in milliseconds. */
export interface Bounds {
  /** How many instances must have registered at least. */
  readonly instances: number;
  /** How long a section may be open. */
  readonly sectionMs: number;
  /** How long an instance may take to obey an order. */
  readonly obeyMs: number;
  /** How old a comparison without differences, or a rehearsal, may be. */
  readonly freshMs: number;
  /** How long a write may owe its copy. Every write owes one for a moment. */
  readonly underWayMs: number;
}

export interface Gate {
  readonly name: GateName;
  readonly passed: boolean;
  /** The measured and the required figures, by name. Times in milliseconds. */
  readonly figures: Readonly<Record<string, number | string>>;
  /** The same in a few words: `3 owed, the oldest for 12 s`. */
  readonly says: string;
  /** What to do about a gate that did not pass. */
  readonly todo?: string;
}

/** Every gate of `step`, in the order in which they are shown. If the step is not due yet, only the gate that says so. */
export function gatesOf(step: StepName, facts: Facts, bounds: Bounds): Gate[] {
  const gates = stepOf(step).gates.flatMap((name) =>
    isJudgedHere(name) ? [{ name, ...GATES[name](step, facts, bounds) }] : [],
  );
  const early = gates.find(({ name, passed }) => name === 'order' && !passed);
  return early === undefined ? gates : [early];
}

type Judged = Omit<Gate, 'name'>;
type Judge = (step: StepName, facts: Facts, bounds: Bounds) => Judged;

/** The storages themselves enforce the other gates. */
type JudgedHere = Exclude<GateName, 'lifetimes' | 'storages'>;

function isJudgedHere(name: GateName): name is JudgedHere {
  return name in GATES;
}

const GATES: Readonly<Record<JudgedHere, Judge>> = {
  order: (step, facts) => {
    const before = STEP_NAMES[STEP_NAMES.indexOf(step) - 1] ?? 'schema';
    const last = lastDone(facts);
    const passed = last !== undefined && STEP_NAMES.indexOf(last) >= STEP_NAMES.indexOf(before);
    const done = last ?? 'none';
    return judged(
      passed,
      { done, required: before },
      `the last step done is ${done}, required is ${before}`,
      {
        todo: `Take the steps in their order: lockstep migrate --step ${afterOf(last)} is next.`,
      },
    );
  },

  sides: (_, { old, new: other }) => {
    const lacks = [...lacking('old', old), ...lacking('new', other)];
    return judged(
      lacks.length === 0,
      { lacking: lacks.length },
      lacks.length === 0 ? 'both sides have what a move needs' : lacks.join('; '),
      { todo: 'A move needs these surfaces on both sides. Use an adapter that has them.' },
    );
  },

  schema: (_, { old, new: other }) => {
    const [first, second] = [problemsOf('old', old), problemsOf('new', other)];
    const problems = [...first, ...second];
    const indexes = (old.schema?.indexes ?? 0) + (other.schema?.indexes ?? 0);
    const figures = { problems: problems.length, indexes };
    const unasked = [old, other].filter(({ schema }) => schema === undefined).length;
    const said = `${indexes} indexes valid${unasked === 0 ? '' : `; ${unasked} of 2 sides have no schema that could be looked at`}`;
    return judged(problems.length === 0, figures, problems.length === 0 ? said : problems.join('; '), {
      todo: 'Apply the migrations of this version of lockstep to both sides, with one version of lockstep, and rebuild invalid indexes (REINDEX INDEX CONCURRENTLY).',
    });
  },

  empty: (_, { old, new: other }) => {
    const problem = problemOf(old, other);
    const marks = [old.mark, other.mark].flatMap((mark) => mark ?? []);
    const free =
      other.mark === undefined ? 'the new side is empty' : 'what the new side holds is of this move';
    return judged(problem === undefined, { marked: marks.length }, problem?.says ?? free, {
      todo: problem?.todo ?? '',
    });
  },

  fleet: (step, facts, bounds) => fleet(requiredStage(step), facts, bounds),

  sections: (step, facts, { sectionMs, obeyMs }) => {
    const oldest = Math.max(0, ...facts.status.instances.map(({ oldestSectionMs }) => oldestSectionMs));
    // A section ends in the stage in which it began. Before these steps every open section must have begun after the order.
    const since = step === 'dual' || step === 'backfill' ? Math.max(0, orderAge(facts) - obeyMs) : Infinity;
    const allowed = Math.min(sectionMs, since);
    return judged(
      oldest <= allowed,
      { oldestMs: oldest, allowedMs: allowed },
      `the oldest section is open for ${seconds(oldest)}, allowed are ${seconds(allowed)}`,
      {
        todo:
          allowed < sectionMs
            ? 'Sections from before the last order must have ended: wait, and try again.'
            : `Wait until the section ends, or end it; the registrations say which instance has it: ${oldestOf(facts)}.`,
      },
    );
  },

  debts: (_, { status: { owed } }, { underWayMs }) => {
    const first = owed.first
      .slice(0, NAMED)
      .map(
        ({ kind, id, reason }) =>
          `${kind} ${id === undefined ? 'of some worker' : JSON.stringify(id)}${reason === undefined ? '' : ` (${reason})`}`,
      );
    const named = first.length === 0 ? '' : `: ${first.join(', ')}${owed.count > first.length ? ', …' : ''}`;
    const passed = owed.count === 0 || owed.oldestMs <= underWayMs;
    const oldest = `the oldest for ${seconds(owed.oldestMs)}, allowed are ${seconds(underWayMs)}`;
    return judged(
      passed,
      { owed: owed.count, oldestMs: owed.oldestMs, allowedMs: underWayMs },
      `${owed.count} owed, ${oldest}${passed ? '' : named}`,
      {
        todo: 'Take the step compare again: it repairs what is owed, and names what cannot be repaired, with the reason.',
      },
    );
  },

  comparison: (_, facts, { freshMs }) => {
    const mark = facts.marks.compare;
    if (mark === undefined)
      return judged(false, { compared: 0 }, 'the sides were not compared', { todo: COMPARE_AGAIN });
    const { compared = 0, differences = 0, unread = 0 } = mark.figures;
    const age = ageOf(mark, facts);
    const isOld = mark.epoch !== facts.status.authority.epoch;
    const said = `${compared} compared ${seconds(age)} ago, ${differences} differ, ${unread} unread`;
    const figures = { compared, differences, unread, ageMs: age, allowedAgeMs: freshMs };
    const short = isOld
      ? ', before the authority moved'
      : age > freshMs
        ? `; it may be ${seconds(freshMs)} old`
        : '';
    return judged(differences + unread === 0 && short === '', figures, said + short, {
      todo: COMPARE_AGAIN,
    });
  },

  'way-back': (_, facts, { freshMs }) => {
    const mark = facts.marks.rehearse;
    if (mark === undefined)
      return judged(false, { tried: 0, failed: 0 }, 'the way back was not tried', { todo: REHEARSE_AGAIN });
    const { tried = 0, failed = 0 } = mark.figures;
    const age = ageOf(mark, facts);
    const isOld = mark.epoch !== facts.status.authority.epoch;
    const short = isOld
      ? ', before the authority moved'
      : age > freshMs
        ? `; it may be ${seconds(freshMs)} old`
        : '';
    return judged(
      failed === 0 && short === '',
      { tried, failed, ageMs: age, allowedAgeMs: freshMs },
      `${tried} tried ${seconds(age)} ago, ${failed} failed${short}`,
      { todo: REHEARSE_AGAIN },
    );
  },
};

const COMPARE_AGAIN =
  'Take the step compare again: it names each difference. What it names the step backfill makes equal.';
const REHEARSE_AGAIN = 'Take the step rehearse again: it names what failed.';
/** How many debts and instances a message names. */
const NAMED = 3;

/** Whether all expected instances have registered, and each is at the stage `required` or a later one. */
export function fleet(required: Stage, { status }: Facts, { instances: expected }: Bounds): Judged {
  const { instances, control } = status;
  const version = control?.version ?? 0;
  const below = instances.filter(({ stage }) => !isAt(stage, required));
  const late = instances.filter((one) => one.control < version && isAt(one.stage, required));
  const names = [...below, ...late].slice(0, NAMED).map(({ id, stage }) => `${id} at ${stage}`);
  const isSmall = instances.length < expected;
  return judged(
    !isSmall && below.length + late.length === 0,
    { registered: instances.length, expected, below: below.length, late: late.length },
    `${instances.length} registered, ${expected} expected (the operator's is one), ${below.length} below ${required}, ${late.length} have yet to obey the last order${names.length === 0 ? '' : `: ${names.join(', ')}`}`,
    {
      todo: isSmall
        ? 'Start the application with the migrating adapter (follow: true), every instance of it; the option instances says how many there are, and 0 that none runs.'
        : 'Wait until they obey; one that does not was opened with follow: false, or does not reach the storage.',
    },
  );
}

/** The stage that the fleet must have reached before the step. */
function requiredStage(step: StepName): Stage {
  switch (step) {
    case 'bridged':
      return 'before';
    case 'dual':
      return 'bridged';
    case 'hand-over':
    case 'finish':
      return 'cut-over';
    default:
      return 'dual';
  }
}

function lacking(name: MigrationSide, side: SideFacts): string[] {
  return side.lacks.length === 0 ? [] : [`the ${name} side lacks ${side.lacks.join(', ')}`];
}

function problemsOf(name: MigrationSide, { schema }: SideFacts): string[] {
  if (schema === undefined) return [];
  const { missing, unknown, invalid } = schema;
  return [
    ...(missing.length === 0 ? [] : [`the ${name} side lacks the migrations ${missing.join(', ')}`]),
    ...(unknown.length === 0
      ? []
      : [`the ${name} side has migrations that this version does not know: ${unknown.join(', ')}`]),
    ...(invalid.length === 0 ? [] : [`the ${name} side has invalid indexes: ${invalid.join(', ')}`]),
  ];
}

/** How old the last order is, in milliseconds. */
function orderAge({ status: { control }, now }: Facts): number {
  return control === undefined ? Infinity : msBetween(control.at, now);
}

function afterOf(last: StepName | undefined): StepName {
  return STEP_NAMES[last === undefined ? 0 : STEP_NAMES.indexOf(last) + 1] ?? 'finish';
}

function oldestOf({ status: { instances } }: Facts): string {
  return instances.toSorted((a, b) => b.oldestSectionMs - a.oldestSectionMs)[0]?.id ?? 'none';
}

function ageOf(mark: StepMark, { now }: Facts): number {
  return Math.max(0, msBetween(mark.at, now));
}

export function msBetween(from: string, to: string): number {
  return Number(toMicros(to) - toMicros(from)) / 1000;
}

/** `0 s`, `1.5 s`, `90 s`, `24 h`. */
export function seconds(ms: number): string {
  if (!Number.isFinite(ms)) return 'any time';
  if (ms >= 2 * 3_600_000) return `${Math.round(ms / 360_000) / 10} h`;
  return `${ms < 10_000 ? Math.round(ms / 100) / 10 : Math.round(ms / 1000)} s`;
}

function judged(
  passed: boolean,
  figures: Gate['figures'],
  says: string,
  { todo }: { readonly todo: string },
): Judged {
  return { passed, figures, says, ...(passed ? {} : { todo }) };
}

/** The gates that pass once a fleet obeys an order. At `bridged` and `dual` it must hold in every open section, too. */
export function settledGates(required: Stage, facts: Facts, bounds: Bounds): Gate[] {
  const gate: Gate = { name: 'fleet', ...fleet(required, facts, bounds) };
  if (required !== 'bridged' && required !== 'dual') return [gate];
  return [gate, { name: 'sections', ...GATES.sections('dual', facts, bounds) }];
}
