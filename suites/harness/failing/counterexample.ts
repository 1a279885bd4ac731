/** A failing trial in the form that a report shows. */
import { defined } from '../../../adapters/contract/defined.ts';
import type { Counterexample } from '../../result.ts';
import type { Input } from '../engine/input.ts';
import { DEFAULT_PATIENCE_MS } from '../engine/interleaving.ts';
import { lanesOf } from './lanes.ts';
import { SERVICE, type Failure, type TrialRun } from '../engine/property.ts';

/** A failure, with the trial that showed it. */
export interface Seen {
  readonly failure: Failure;
  /** Whether the trial exercised the clause. */
  readonly exercised: boolean;
  readonly input?: Input;
  /** Absent for properties that run their own trials. */
  readonly run?: TrialRun<unknown>;
}

/** What the trial alone shows about the failure. */
export function counterexampleOf({
  failure,
  run,
  input,
}: Omit<Seen, 'exercised'>): Omit<Counterexample, 'path' | 'run' | 'shrinks'> {
  return {
    summary: `${failure.summary}${whereOf(input)}`,
    expected: failure.expected,
    actual: failure.actual,
    ...defined({ hint: failure.hint, symptom: failure.symptom }),
    ...(run === undefined ? { lanes: [] } : pictureOf(run, failure)),
  };
}

function pictureOf(
  run: TrialRun<unknown>,
  failure: Failure,
): Pick<Counterexample, 'lanes' | 'program' | 'order'> {
  return {
    lanes: lanesOf(run, failure),
    program: { actors: run.trial.actors, patienceMs: run.trial.patienceMs ?? DEFAULT_PATIENCE_MS },
    order: run.main.order,
  };
}

function whereOf({ environment, zone }: Partial<Input> = {}): string {
  const where = [
    ...(environment === undefined || environment === SERVICE ? [] : [`in the environment "${environment}"`]),
    ...(zone === undefined || zone === null ? [] : ['with processes in other time zones']),
  ];
  return where.length === 0 ? '' : ` (Seen ${where.join(', ')}.)`;
}
