/** Programs made complete: sections that an actor leaves open are left at its end, by steps numbered on from its last. */
import type { Actor, Program, Step } from './program.ts';

/** `program` with a `leave` for every section that is open at its actor's end. */
export function normalize(program: Program): Program {
  return { ...program, actors: program.actors.map(normalizeActor) };
}

function normalizeActor(actor: Actor): Actor {
  const open = actor.steps.reduce(depthAfter, 0);
  const leaves = Array.from({ length: open }, (): Step => ({ do: 'leave' }));
  return { ...actor, steps: [...actor.steps, ...leaves] };
}

function depthAfter(depth: number, step: Step): number {
  if (step.do === 'enter') return depth + 1;
  return endsSection(step) ? Math.max(0, depth - 1) : depth;
}

/** Whether a step ends the innermost section. */
export function endsSection(step: Step): boolean {
  return step.do === 'leave' || step.do === 'throw';
}

/** For every step that ends a section, the index of the `enter` it belongs to; and the reverse. Of a normalized actor. */
export function matchSections(steps: readonly Step[]): {
  readonly enterOf: ReadonlyMap<number, number>;
  readonly leaveOf: ReadonlyMap<number, number>;
} {
  const enterOf = new Map<number, number>();
  const leaveOf = new Map<number, number>();
  const open: number[] = [];
  for (const [index, step] of steps.entries()) {
    if (step.do === 'enter') open.push(index);
    if (!endsSection(step)) continue;
    const enter = open.pop();
    if (enter === undefined) continue;
    enterOf.set(index, enter);
    leaveOf.set(enter, index);
  }
  return { enterOf, leaveOf };
}
