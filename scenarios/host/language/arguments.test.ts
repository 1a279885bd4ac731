import { describe, expect, it } from 'vitest';
import { mutateDeeply, resolveArguments } from './arguments.ts';

const record = { id: 's1', revision: 2, releasedAmount: '9007199254740993', nested: { tags: ['a'] } };
const saved = new Map<string, unknown>([
  ['stream', record],
  ['page', { items: [{ id: 'a' }], nextCursor: 'abc' }],
  ['nothing', undefined],
  ['null', null],
]);

describe('arguments', () => {
  it('are copies of literals', () => {
    const literal = { id: 'x', list: [1] };
    const [argument] = resolveArguments([literal], saved) as [typeof literal];
    expect(argument).toEqual(literal);
    expect(argument).not.toBe(literal);
    expect(argument.list).not.toBe(literal.list);
  });

  it('are the very saved object unless something is changed', () => {
    expect(resolveArguments([{ $saved: 'stream' }], saved)?.[0]).toBe(record);
  });

  it('take saved values at any depth, by path', () => {
    expect(
      resolveArguments(
        [
          { limit: 2, cursor: { $saved: 'page', path: 'nextCursor' } },
          { $saved: 'page', path: 'items.0.id' },
        ],
        saved,
      ),
    ).toEqual([{ limit: 2, cursor: 'abc' }, 'a']);
  });

  it('set, remove and add fields without touching what is saved', () => {
    const changed = resolveArguments(
      [
        {
          $saved: 'stream',
          set: { nested: undefined, status: 'ended' },
          add: { revision: 1, releasedAmount: 5 },
        },
      ],
      saved,
    );
    expect(changed).toEqual([{ id: 's1', revision: 3, releasedAmount: '9007199254740998', status: 'ended' }]);
    expect(record).toMatchObject({ revision: 2, nested: { tags: ['a'] } });
  });

  it.each([
    { $saved: 'nothing' },
    { $saved: 'unknown' },
    { $saved: 'page', path: 'items.1.id' },
    { $saved: 'null', path: 'x' },
  ])('are missing for %o', (argument) => {
    expect(resolveArguments([{ deep: [argument] }], saved)).toBeUndefined();
  });

  it('throw as an application would when an amount is none', () => {
    const amounts = new Map([['x', { amount: '1.50' }]]);
    expect(() => resolveArguments([{ $saved: 'x', add: { amount: 1 } }], amounts)).toThrow(SyntaxError);
  });
});

describe('mutateDeeply', () => {
  it('changes every leaf and every container, cycles and frozen ones included', () => {
    const value: Record<string, unknown> = {
      text: 'a',
      count: 1,
      flag: true,
      none: null,
      list: [1],
      frozen: Object.freeze({ kept: 1 }),
    };
    value['self'] = value;
    mutateDeeply(value);
    expect(value).toMatchObject({
      text: 'a~mutated',
      count: 2,
      flag: false,
      none: 'mutated',
      list: [2, 'mutated'],
      frozen: { kept: 1 },
      mutated: true,
    });
  });
});
