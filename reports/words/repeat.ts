/** Builds the command that repeats a clause or a load. */
import { defined } from '../../adapters/contract/defined.ts';
import type { ClauseResult } from '../../suites/result.ts';
import { commandLine } from './commandLine.ts';
import type { Certification, LoadResult, RunResult } from '../model.ts';

/** How a clause was certified, as far as a repetition needs it. */
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

/** The command that shows the violation of a clause again. */
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

/** The parts of a run that a repetition of its loads needs. */
export type RepeatedRun = Pick<RunResult, 'command' | 'repeat' | 'seed'>;

/** The command that repeats a load. */
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
