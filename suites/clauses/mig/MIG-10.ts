import fc from 'fast-check';
import { declares, type Stage } from '../../../adapters/contract/index.ts';
import { METHODS, type CallStep, type Step, type Trouble } from '../../../scenarios/host/language/program.ts';
import { addDigit, unexplained } from '../../harness/judging/effects.ts';
import { around, direct, saved, streamOf } from '../../harness/cases/generate.ts';
import { codeOf, observed, whoOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { itemKindsOf, itemOf, type Item, type ItemKind } from './items.ts';
import { asOldSide, leftOwing, moveTo, onBoth, repair, sidesDiffer } from './moving.ts';
import { HEAL, wasStruck } from './outages.ts';

const STAGES_ON_BOTH = ['bridged', 'dual', 'cut-over'] as const satisfies readonly Stage[];
const TROUBLES = {
  'is silent': { how: 'silent', of: 'all' },
  'is silent to writes': { how: 'silent', of: 'writes' },
  'refuses everything': { how: 'refused', of: 'all' },
  'rejects records': { how: 'rejected', of: 'writes' },
  // So late that nobody waits for it, and far later than the old side answers.
  'answers late': { how: 'late', of: 'all', ms: 60 },
} as const satisfies Readonly<Record<string, Trouble>>;
type TroubleName = keyof typeof TROUBLES;

interface Case {
  readonly stage: (typeof STAGES_ON_BOTH)[number];
  readonly trouble: TroubleName;
  /** How often the operations are repeated. */
  readonly turns: number;
}

const MAX_TURNS = 3;
/** Trials take long, because a silent side is waited for once or twice. The examples show most of it. */
const SHARE = 0.03;
/** Only operations that never end take longer, because each wait for the new side takes at most a second. */
const PATIENCE_MS = 15_000;
/** Records of other kinds, which are stored and read where the new side makes nobody wait for each of them. */
const BESIDE_KINDS: readonly ItemKind[] = ['user', 'event', 'answer', 'job', 'audit record'];
const WITH_OTHERS: readonly TroubleName[] = ['is silent', 'refuses everything', 'answers late'];
/** The finale moves, and repairs twice. */
const SECOND_REPAIR = 2;

/** The troubles that can occur at a stage. A new side that is not written to cannot refuse a write. */
const MET: Readonly<Record<Case['stage'], readonly TroubleName[]>> = {
  // A refusal first: who fails by it is known at once, and by silence only after a long wait.
  bridged: ['refuses everything', 'is silent'],
  dual: ['is silent', 'is silent to writes', 'answers late'],
  'cut-over': ['is silent', 'refuses everything', 'rejects records'],
};

/**
 * An instance writes, reads, lists and runs sections while the new side is silent, refuses them, rejects what they copy, or is late.
 * Every operation must be answered, and must succeed, while the new side fails: it comes back only when all operations have
 * been answered. Then both sides must have everything that was written, once.
 */
export const MIG_10: AnyProperty = property<Case>({
  clause: 'MIG-10',
  slow: 6,
  share: SHARE,
  topologies: ['one'],
  schedules: 'free',
  ownNamespace: true,
  arbitrary: () =>
    fc.constantFrom(...STAGES_ON_BOTH).chain((stage) =>
      fc.record({
        stage: fc.constant(stage),
        trouble: fc.constantFrom(...MET[stage]),
        turns: fc.integer({ min: 1, max: MAX_TURNS }),
      }),
    ),
  trial: (input, scope, subject) => ({
    setup: [moveTo('dual'), ...storedIn(scope).map((id) => direct('streams.create', streamOf(id))), repair],
    actors: [{ instance: 0, steps: stepsOf(input, scope, subject) }],
    finale: [
      moveTo('dual'),
      repair,
      repair,
      ...storedIn(scope).flatMap((id) => onBoth(direct('streams.get', id))),
      ...besideOf(input, scope, subject).flatMap(({ read }) => onBoth(read)),
      // Nobody has copied what was written at `bridged`, and the next trial moves reads.
      ...storedIn(scope).flatMap((id) => [
        saved(id, direct('streams.get', id)),
        direct('streams.put', { $saved: id }),
      ]),
    ],
    patienceMs: PATIENCE_MS,
  }),
  examples: () =>
    STAGES_ON_BOTH.flatMap((stage) => MET[stage].map((trouble) => ({ stage, trouble, turns: 1 }))),
  situations: () =>
    STAGES_ON_BOTH.flatMap((stage) =>
      MET[stage].map((trouble) => ({
        name: `operations at the stage ${stage} while the new side ${trouble.replace(/^is /, 'was ')}`,
        occurred: (run: TrialRun<Case>) =>
          run.input.stage === stage && run.input.trouble === trouble && wasStruck(observed(run)),
      })),
    ),
  judge: (run) =>
    failed(run) ??
    unexplained(withSetup(asOldSide(run))) ??
    leftOwing(run, SECOND_REPAIR, 'both sides are there and nobody writes') ??
    different(run),
});

/** A stream that sections add to, and one that is written outside sections. */
function storedIn(scope: Scope): string[] {
  return [scope.id('s1'), scope.id('plain')];
}

/** Nobody copies what is written at `bridged`. */
function besideOf({ stage, trouble }: Case, scope: Scope, subject: Subject): Item[] {
  if (stage === 'bridged' || !WITH_OTHERS.includes(trouble)) return [];
  return itemKindsOf(subject)
    .filter((kind) => BESIDE_KINDS.includes(kind))
    .map((kind) => itemOf(kind, scope.id(kind.replaceAll(' ', '-'))));
}

function stepsOf(input: Case, scope: Scope, subject: Subject): Step[] {
  const { stage, trouble, turns } = input;
  const beside = besideOf(input, scope, subject).flatMap(({ create, read }): Step[] => [...create, read]);
  const sweep = declares(subject.capabilities, 'ttl') ? [direct('idempotency.deleteExpired', 10)] : [];
  const s1 = scope.id('s1');
  const own = scope.id('plain');
  const turn = (index: number): Step[] => [
    direct('streams.put', streamOf(own, { revision: index + 1 })),
    direct('streams.get', own),
    ...around(s1, addDigit(s1, index)),
    direct('streams.list', { limit: 2 }),
  ];
  return [
    moveTo(stage),
    { do: 'trouble', side: 'new', trouble: TROUBLES[trouble] },
    ...Array.from({ length: turns }, (_, index) => turn(index)).flat(),
    ...scansOf(subject),
    ...beside,
    ...(beside.length > 0 ? sweep : []),
    HEAL,
  ];
}

/** One of every store. */
function scansOf({ surfaces }: Subject): Step[] {
  return METHODS.filter((method) => method.endsWith('.scan')).flatMap((method): Step[] => {
    const [store = ''] = method.split('.');
    const surface = store === 'jobs' || store === 'audit' ? 'exports' : store;
    return surfaces.some((one) => one === surface) ? [direct(method, { limit: 2 })] : [];
  });
}

function failed(run: TrialRun<Case>): Failure | undefined {
  const { stage, trouble } = run.input;
  for (const { record } of observed(run)) {
    const code = codeOf(record);
    if (code === undefined) continue;
    return {
      summary: `An operation (${whoOf(record)}) at the stage ${stage} failed with ${code} while the new side ${trouble}.`,
      expected: 'the old side decides: operations succeed whatever the new side does',
      actual: code === 'none' ? 'an error without a code' : code,
      marked: [record],
    };
  }
  return undefined;
}

/** Each addition to "s1" must be there once. The other stream is changed outside sections. */
function withSetup(run: TrialRun<Case>): TrialRun<Case> {
  const setup: CallStep[] = [direct('streams.create', streamOf(run.scope.id('s1')))];
  return { ...run, trial: { ...run.trial, setup } };
}

function different(run: TrialRun<Case>): Failure | undefined {
  const { stage, trouble } = run.input;
  if (stage === 'bridged') return undefined;
  const when = `although the new side, which ${trouble.replace(/^is /, 'was ')}, is there again and what was owed has been repaired`;
  const all = [
    ...storedIn(run.scope).map((id) => ({
      what: `The stream "${run.scope.name(id)}"`,
      read: direct('streams.get', id),
    })),
    ...besideOf(run.input, run.scope, run.subject).map(({ read }) => ({
      what: `What ${read.method} shows`,
      read,
    })),
  ];
  for (const { what, read } of all) {
    const failure = sidesDiffer(run, read, { what, when });
    if (failure !== undefined) return failure;
  }
  return undefined;
}
