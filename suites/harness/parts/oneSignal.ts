/** One signal is passed to many calls, like the signal of a server's shutdown. No call may leave a listener on it. */
import fc from 'fast-check';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { enter, hold, leave } from '../cases/generate.ts';
import { scripted, turn, waits, type Turn } from '../cases/script.ts';
import type { Subject, TrialRun } from '../engine/property.ts';
import { sectionsOf } from '../judging/sections.ts';
import type { Part } from './joined.ts';

interface Case {
  readonly ends: EndName;
}

/** How the calls end. */
const ENDS = ['is let in', 'waits and is let in', 'throws', 'waits in vain'] as const;
type EndName = (typeof ENDS)[number];

const CALLS = 10;
/** From this number on, calls must have left listeners. A few may belong to a call in progress, or be shared. */
const MANY = CALLS / 2;
/** A bound that passes, and the time in which listeners must be removed, in milliseconds. */
const BOUND_MS = 3;
const REMOVAL_MS = 20;
const [CALLER, HOLDER] = [0, 1];

function endsOf({ capabilities }: Subject): EndName[] {
  return ENDS.filter((ends) => ends !== 'waits in vain' || capabilities.lockTimeout);
}

export const oneSignal: Part<Case> = {
  applies: () => true,
  arbitrary: (subject) => fc.record({ ends: fc.constantFrom(...endsOf(subject)) }),
  examples: (subject) => endsOf(subject).map((ends) => ({ ends })),
  situations: (subject) =>
    endsOf(subject).map((ends) => ({
      name: `many calls with one signal of which each ${ends}`,
      occurred: (run) => run.input.ends === ends && listenersIn(run).length > CALLS,
    })),
  trial: ({ ends }, scope) => {
    const s1 = scope.id('s1');
    const isInVain = ends === 'waits in vain';
    const wait = { abortable: 'together', ...(isInVain ? { timeoutMs: BOUND_MS } : {}) } as const;
    const end: Step = ends === 'throws' ? { do: 'throw', message: 'thrown by the callback' } : leave;
    const call: readonly Turn[] =
      ends === 'waits and is let in'
        ? [turn(HOLDER, enter(s1)), waits(CALLER, enter(s1, wait)), turn(HOLDER, leave), turn(CALLER, leave)]
        : [turn(CALLER, enter(s1, wait)), turn(CALLER, end)];
    return scripted(
      [
        ...(isInVain ? [turn(HOLDER, enter(s1))] : []),
        ...Array.from({ length: CALLS }, () => call).flat(),
        turn(CALLER, hold(REMOVAL_MS)),
        ...call,
        ...(isInVain ? [turn(HOLDER, leave)] : []),
      ],
      [0, 0],
    );
  },
  judge: (run) => {
    const left = listenersIn(run).at(-1) ?? 0;
    if (left < MANY) return undefined;
    const { main, trial } = run;
    return {
      summary: `One signal went with ${listenersIn(run).length} calls of withLock, one after the other, of which each ${run.input.ends}. When the last one had settled, ${left} listeners were left on it.`,
      expected: 'none: a call takes its listener away when it settles, however it ends',
      actual: `${left} listeners for "abort", which hold what they refer to for as long as the signal lives`,
      marked: sectionsOf(main, trial)
        .slice(-1)
        .map(({ entered }) => entered),
    };
  },
};

/** The number of listeners on the signal after each call. */
function listenersIn({ main }: TrialRun<Case>): number[] {
  return main.records.flatMap(({ outcome }) => ('listeners' in outcome ? [outcome.listeners ?? 0] : []));
}
