/**
 * Tests the lock alone: whether two callers can be inside one stream at once, depending on where their instances are.
 */
import { around, enter, hold, leave } from './generate.ts';
import type { Input } from '../engine/input.ts';
import type { Lab } from '../engine/lab.ts';
import { overlapOf, sectionsOf } from '../judging/sections.ts';

/** How long the first caller stays inside, and how much later the second one comes, in milliseconds. */
const INSIDE_MS = 60;
const LATER_MS = 20;

/** Whether the second caller entered before the first one left. */
export async function sectionsOverlap(
  lab: Lab,
  where: Pick<Input, 'environment' | 'topology'>,
): Promise<boolean> {
  const stream = lab.scope().id('probe');
  const trial = {
    actors: [
      { instance: 0, steps: around(stream, [hold(INSIDE_MS)]) },
      { instance: 1, steps: [hold(LATER_MS), enter(stream), leave] },
    ],
  };
  const { main } = await lab.run({ ...where, zone: null }, trial, { mode: 'free' });
  return overlapOf(sectionsOf(main, trial)) !== undefined;
}
