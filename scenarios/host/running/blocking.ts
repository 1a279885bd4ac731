/** Which released step may let a blocked one go on. A guess that saves time, never a verdict. */
import { matchSections } from '../language/normalize.ts';
import type { Program, Step } from '../language/program.ts';

interface Place {
  readonly actor: number;
  readonly step: number;
}

/** Whether `done`, which has just finished, may let the step at `blocked` go on. Of a normalized program. */
export function mayUnblock(program: Program, done: Place, blocked: Place): boolean {
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

function stepAt(program: Program, place: Place): Step | undefined {
  return program.actors[place.actor]?.steps[place.step];
}

function streamLeft(program: Program, place: Place): string | undefined {
  const steps = program.actors[place.actor]?.steps ?? [];
  const enter = steps[matchSections(steps).enterOf.get(place.step) ?? -1];
  return enter?.do === 'enter' ? enter.stream : undefined;
}
