/** Converts an operator's answers to the form of a report. */
import type { RegisteredInstance } from '../../adapters/contract/index.ts';
import type {
  Gate,
  OperatorStatus,
  PlannedStep,
  RollbackResult,
  StepResult,
} from '../../adapters/migration/operator/index.ts';
import type { GateReport, Measured, MoveState, PlanEntry, TakenStep } from '../../reports/migrate/model.ts';

export function planOf(steps: readonly PlannedStep[]): PlanEntry[] {
  return steps.map(({ name, gates, ...entry }) => ({ step: name, ...entry, gates: gates.map(gateOf) }));
}

export function takenOf({ step, outcome, ms, gates, figures, found }: StepResult): TakenStep {
  return { step, isUndo: false, outcome, durationMs: ms, gates: gates.map(gateOf), figures, found };
}

export function undoneOf({ undone }: RollbackResult): TakenStep[] {
  return undone.map(({ step, outcome, ms, gates, figures, found }) => ({
    step,
    isUndo: true,
    outcome,
    durationMs: ms,
    gates: gates.map(gateOf),
    figures,
    found,
  }));
}

function gateOf({ name, ...gate }: Gate): GateReport {
  // JSON has no infinity, so an infinite age is left out.
  const figures = Object.entries(gate.figures).map(([figure, value]) => [
    figure,
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  ]);
  return { gate: name, ...gate, figures: Object.fromEntries(figures) as GateReport['figures'] };
}

export function stateOf({ lastDone, next, undoable, facts }: OperatorStatus): MoveState {
  const { status, marks } = facts;
  const { authority, control, operator, instances, owed, suspended } = status;
  return {
    lastDone: lastDone ?? null,
    next: next ?? null,
    undoable: undoable ?? null,
    decides: authority.decides ?? null,
    epoch: authority.epoch,
    finished: authority.finished,
    order:
      control === undefined ? null : { version: control.version, stage: control.stage, reads: control.reads },
    operator: operator === undefined ? null : { owner: operator.owner, since: operator.since },
    instances: instances.map(instanceOf),
    owed,
    suspended,
    comparison: measured(marks.compare),
    rehearsal: measured(marks.rehearse),
  };
}

/** The facts about an instance, without anything else that it may have registered. */
function instanceOf(one: RegisteredInstance): RegisteredInstance {
  const { id, stage, control, epoch, oldestSectionMs, lockstep, at, shadowed, shadowDifferences } = one;
  return { id, stage, control, epoch, oldestSectionMs, lockstep, at, shadowed, shadowDifferences };
}

function measured(mark: OperatorStatus['facts']['marks']['compare']): Measured | null {
  return mark === undefined ? null : { at: mark.at, figures: mark.figures };
}
