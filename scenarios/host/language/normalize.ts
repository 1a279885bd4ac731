/**
 * Completes programs: at an actor's end, its open sections are left by additional steps, which are numbered from its
 * last one on.
 */
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

/** Whether the step ends the innermost section. */
export function endsSection(step: Step): boolean {
  return step.do === 'leave' || step.do === 'throw';
}

/**
 * For each step that ends a section, the index of the `enter` that began it; and the reverse. `steps` must be
 * normalized.
 */
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
