import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import { hasOrder, type Access, type Effect, type Value } from './effects.ts';

function recordAt(call: number, end: number): StepRecord {
  const outcome = { status: 'ok' } as const;
  return { actor: 0, step: 0, process: 1, instance: 0, attempt: 1, call, return: end, outcome };
}

function access(kind: Access['kind'], id: string, value: Value): Access {
  return { kind, id, value, record: recordAt(0, 0) };
}

/** A section that was called at `from` and had settled at `to`. */
function effect(
  from: number,
  to: number,
  accesses: readonly Access[],
  fate: Effect['fate'] = 'committed',
): Effect {
  const entered = recordAt(from, from);
  const left = recordAt(to, to);
  const section = { stream: 's', actor: 0, process: 1, instance: 0, number: 0, attempt: 1 };
  return {
    section: {
      ...section,
      from,
      to,
      readFrom: from,
      committed: fate === 'committed',
      wrote: true,
      entered,
      left,
    },
    fate,
    accesses,
  };
}

const read = (value: Value): Access => access('read', 'a', value);
const write = (value: Value): Access => access('write', 'a', value);
const initial = new Map<string, Value>([['a', '0']]);
const final = (value: Value): ReadonlyMap<string, Value> => new Map([['a', value]]);

describe('hasOrder', () => {
  it('accepts additions that saw each other', () => {
    const effects = [effect(0, 10, [read('0'), write('1')]), effect(0, 20, [read('1'), write('11')])];
    expect(hasOrder(effects, initial, final('11'))).toBe(true);
  });

  it('refuses a lost update', () => {
    const effects = [effect(0, 10, [read('0'), write('1')]), effect(0, 20, [read('0'), write('10')])];
    expect(hasOrder(effects, initial, final('10'))).toBe(false);
  });

  it('lets overlapping sections take either order, whatever the order of entry', () => {
    const effects = [effect(0, 30, [read('1')]), effect(5, 20, [read('0'), write('1')])];
    expect(hasOrder(effects, initial, final('1'))).toBe(true);
  });

  it('refuses a read that was called after a write had returned and does not show it', () => {
    const effects = [effect(0, 10, [read('0'), write('1')]), effect(11, 20, [read('0')])];
    expect(hasOrder(effects, initial, final('1'))).toBe(false);
  });

  it('takes a section of unknown outcome or leaves it out', () => {
    const unknown = effect(0, 10, [read('0'), write('1')], 'open');
    expect(hasOrder([unknown], initial, final('0'))).toBe(true);
    expect(hasOrder([unknown], initial, final('1'))).toBe(true);
    expect(hasOrder([unknown, effect(20, 30, [read('1')])], initial, final('0'))).toBe(false);
  });

  it('refuses two sections that each read what the other overwrote', () => {
    const both = new Map<string, Value>([
      ['a', '0'],
      ['b', '0'],
    ]);
    const effects = [
      effect(0, 10, [access('read', 'a', '0'), access('write', 'b', '1')]),
      effect(0, 10, [access('read', 'b', '0'), access('write', 'a', '1')]),
    ];
    const ends = new Map([
      ['a', '1'],
      ['b', '1'],
    ]);
    expect(hasOrder(effects, both, ends)).toBe(false);
  });

  it('answers as every permutation tried one by one does', () => {
    const value = fc.constantFrom('0', '1', '2');
    const generated = fc.record({
      from: fc.nat({ max: 6 }),
      length: fc.nat({ max: 4 }),
      accesses: fc.array(
        fc.tuple(fc.constantFrom<Access['kind']>('read', 'write'), fc.constantFrom('a', 'b'), value),
        { minLength: 1, maxLength: 2 },
      ),
    });
    fc.assert(
      fc.property(fc.array(generated, { maxLength: 4 }), value, (sections, end) => {
        const effects = sections.map(({ from, length, accesses }) =>
          effect(
            from,
            from + length,
            accesses.map((one) => access(...one)),
          ),
        );
        const answers = permutations(effects).some((order) => explains(order, end));
        expect(hasOrder(effects, start, final(end))).toBe(answers);
      }),
    );
  });
});

const start = new Map<string, Value>([
  ['a', '0'],
  ['b', '0'],
]);

function permutations(effects: readonly Effect[]): (readonly Effect[])[] {
  if (effects.length === 0) return [[]];
  return effects.flatMap((one) =>
    permutations(effects.filter((other) => other !== one)).map((rest) => [one, ...rest]),
  );
}

function explains(order: readonly Effect[], end: Value): boolean {
  const inTime = order.every(({ section }, index) =>
    order.slice(index + 1).every((later) => (later.section.left?.return ?? 0) > section.entered.call),
  );
  const values = new Map(start);
  const reads = order
    .flatMap(({ accesses }) => accesses)
    .every(({ kind, id, value }) => {
      if (kind === 'read') return values.get(id) === value;
      values.set(id, value);
      return true;
    });
  return inTime && reads && values.get('a') === end;
}
