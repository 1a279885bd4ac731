/** What a section made is undone, and then it is made again: nothing may be left of the first time. */
import { enter, leave } from '../cases/generate.ts';
import { planned } from '../cases/plan.ts';
import { leaveTrace, readTrace, RECORD_KINDS, showsTrace, SURFACE_OF, type Trace } from '../cases/traces.ts';
import { answers, type ListedProgram } from './listedPrograms.ts';

export const MADE_AGAIN: readonly ListedProgram[] = RECORD_KINDS.map((kind) => ({
  what: `a ${kind} record that is stored again after its section threw`,
  needs: ['locks', SURFACE_OF[kind]],
  plan: (scope) => {
    const lock = scope.id('s1');
    const trace: Trace = { kind, id: scope.id(`again-${kind}`) };
    const isShown = (value: unknown): boolean => showsTrace(trace, value);
    return [
      planned(enter(lock)),
      planned(leaveTrace(trace)),
      planned({ do: 'throw', message: 'thrown by the callback' }, () => undefined),
      planned(readTrace(trace), answers(false, 'its section threw', isShown)),
      planned(enter(lock)),
      planned(leaveTrace(trace)),
      planned(leave),
      planned(readTrace(trace), answers(true, 'it was stored, by the second of two sections', isShown)),
    ];
  },
}));
