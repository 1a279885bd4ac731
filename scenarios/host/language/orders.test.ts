import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchSections, normalize } from './normalize.ts';
import { countOrders, enumerateChoices } from './orders.ts';
import type { Program, Step } from './program.ts';

const HOLD: Step = { do: 'hold', ms: 0 };

function programOf(...lengths: number[]): Program {
  return {
    patienceMs: 1,
    actors: lengths.map((length) => ({ instance: 0, steps: Array.from({ length }, () => HOLD) })),
  };
}

/** The order that `choices` lead to when nothing blocks. */
function orderOf(program: Program, choices: readonly number[]): string {
  const left = program.actors.map(({ steps }) => steps.length);
  const order = [];
  for (let decision = 0; left.some((count) => count > 0); decision += 1) {
    const ready = left.flatMap((count, actor) => (count > 0 ? [actor] : []));
    const actor = ready[(choices[decision] ?? 0) % ready.length] as number;
    order.push(`${actor}.${(program.actors[actor]?.steps.length ?? 0) - (left[actor] as number)}`);
    (left[actor] as number) -= 1;
  }
  return order.join(' ');
}

describe('orders', () => {
  it('are counted as interleavings, up to a bound', () => {
    expect(countOrders(programOf(2, 2), 100)).toBe(6);
    expect(countOrders(programOf(3, 3, 3), 10_000)).toBe(1680);
    expect(countOrders(programOf(3, 3, 3), 1679)).toBeUndefined();
    expect(countOrders(programOf(), 1)).toBe(1);
    expect(countOrders(programOf(100, 100, 100), 1e6)).toBeUndefined();
  });

  it('are enumerated, each once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 3 }), { maxLength: 3 }), (lengths) => {
        const program = programOf(...lengths);
        const all = enumerateChoices(program, 2000) as number[][];
        const keys = new Set(all.map((choices) => orderOf(program, choices)));
        expect(keys.size).toBe(all.length);
        expect(all.length).toBe(countOrders(program, 2000));
      }),
    );
  });

  it('count the steps that end open sections', () => {
    const program: Program = {
      patienceMs: 1,
      actors: [
        { instance: 0, steps: [{ do: 'enter', stream: 's' }] },
        { instance: 0, steps: [HOLD] },
      ],
    };
    expect(enumerateChoices(program, 10)).toHaveLength(3);
  });
});

describe('normalize', () => {
  it('leaves what an actor leaves open, and nothing else', () => {
    const enter: Step = { do: 'enter', stream: 's' };
    const steps: Step[] = [{ do: 'leave' }, enter, enter, { do: 'throw', message: 'x' }, HOLD];
    const [actor] = normalize({ patienceMs: 1, actors: [{ instance: 0, steps }] }).actors;
    expect(actor?.steps).toEqual([...steps, { do: 'leave' }]);
    expect([...matchSections(actor?.steps ?? []).enterOf]).toEqual([
      [3, 2],
      [5, 1],
    ]);
  });
});
