/** Guesses which finished step may let a blocked one continue. The guess saves time and never affects a verdict. */
import { matchSections } from '../language/normalize.ts';
import type { Program, Step } from '../language/program.ts';

interface StepPosition {
  readonly actor: number;
  readonly step: number;
}

/** Whether `done`, which has just finished, may let the step at `blocked` continue. `program` must be normalized. */
export function mayUnblock(program: Program, done: StepPosition, blocked: StepPosition): boolean {
  const finished = stepAt(program, done);
  const waiting = stepAt(program, blocked);
  switch (finished?.do) {
    case 'leave':
    case 'throw':
      return waiting?.do !== 'enter' || waiting.stream === streamLeft(program, done);
    case 'abort':
      return blocked.actor === finished.actor;
    case 'close':
    case 'heal':
    case 'reopen':
      return program.actors[done.actor]?.instance === program.actors[blocked.actor]?.instance;
    default:
      return false;
  }
}

function stepAt(program: Program, position: StepPosition): Step | undefined {
  return program.actors[position.actor]?.steps[position.step];
}

function streamLeft(program: Program, position: StepPosition): string | undefined {
  const steps = program.actors[position.actor]?.steps ?? [];
  const enter = steps[matchSections(steps).enterOf.get(position.step) ?? -1];
  return enter?.do === 'enter' ? enter.stream : undefined;
}
