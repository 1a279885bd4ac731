/** What to type to run a clause or a load again. */
import { defined } from '../../adapters/contract/defined.ts';
import type { ClauseResult } from '../../suites/result.ts';
import { commandLine } from './commandLine.ts';
import type { Certification, LoadResult, RunResult } from '../model.ts';

/** How a clause was certified, as far as repeating it needs. */
export interface ClauseContext {
  /** The target as the user named it. */
  readonly target: string;
  readonly processes: number;
  /** See Certification. */
  readonly repeatWith?: string;
}

export function contextOf(certification: Certification): ClauseContext {
  const { target, processes, repeatWith } = certification;
  return { target: target.spec, processes, ...defined({ repeatWith }) };
}

/** What to type to see the violation of a clause again. */
export function repeatClause(result: ClauseResult, context: ClauseContext): string {
  const path = result.counterexample?.path ?? '';
  return commandLine(
    'certify',
    [context.target],
    {
      only: result.clause,
      seed: result.seed,
      path: path === '' ? undefined : path,
      processes: context.processes > 1 ? context.processes : undefined,
    },
    context.repeatWith,
  );
}

/** As much of a run as its loads are repeated by. */
export type RepeatedRun = Pick<RunResult, 'command' | 'repeat' | 'seed'>;

/** What to type to run a load again. */
export function repeatLoad(run: RepeatedRun, load: LoadResult): string {
  if (run.command === 'load') return run.repeat;
  const { target, mix, services, drivers, connections, operations } = load;
  const { faults } = load.judgement;
  const struck = faults === undefined ? undefined : Math.max(...faults.map(({ planned }) => planned));
  return commandLine('load', [target.spec], {
    mix,
    processes: services,
    drivers,
    connections,
    operations: faults === undefined ? operations : undefined,
    fault: faults?.map(({ fault }) => fault),
    strikes: struck,
    seed: run.seed,
  });
}
