import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Garbage, decode, encode, snapshot } from './codec.ts';

/** Plain values, with keys that are like the codec's own and like JavaScript's traps. */
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.bigInt(),
    fc.constantFrom(undefined, null, true, false, NaN, Infinity, -Infinity, -0, '$', 'undefined'),
    fc.array(tie('value')),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('$', 'v', '__proto__', 'constructor', 'toJSON', 'then')),
      tie('value'),
    ),
    fc.record({ $: fc.constantFrom('bigint', 'undefined', 'object', 'number'), v: tie('value') }),
  ),
})).value;

describe('tagged JSON', () => {
  it('brings every plain value back, on one line', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const line = encode(value);
        expect(line).not.toContain('\n');
        expect(isDeepStrictEqual(decode(line), normal(value))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps lone surrogates and -0 apart from what is like them', () => {
    expect(decode(encode('\ud800'))).toBe('\ud800');
    expect(Object.is(decode(encode(-0)), -0)).toBe(true);
    expect(Object.is(decode(encode(0)), 0)).toBe(true);
  });

  it.each([
    ['a Date', new Date(), 'an instance of Date', ''],
    ['a Map inside', { page: [1, new Map()] }, 'an instance of Map', 'page.1'],
    ['a function', { call: () => 1 }, 'a function', 'call'],
    ['a symbol', [Symbol('x')], 'a symbol', '0'],
    ['a Buffer', Buffer.from('x'), 'an instance of Buffer', ''],
    ['an error', { error: new RangeError('x') }, 'an instance of RangeError', 'error'],
    [
      'a class',
      new (class Row {
        readonly id = 1;
      })(),
      'an instance of Row',
      '',
    ],
  ])('does not carry %s', (_name, value, found, path) => {
    for (const act of [encode, snapshot]) {
      const error = thrown(() => act(value));
      expect(error).toBeInstanceOf(Garbage);
      expect(error).toMatchObject({ found, path });
    }
  });

  it('does not carry cycles, endless nesting, or properties that throw', () => {
    const cycle: Record<string, unknown> = { a: 1 };
    cycle['self'] = [cycle, cycle];
    expect(thrown(() => encode(cycle))).toMatchObject({ found: 'a cycle', path: 'self.0' });
    let deep: unknown = 0;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(thrown(() => encode(deep))).toBeInstanceOf(Garbage);
    const trap = Object.defineProperty({}, 'x', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    expect(thrown(() => encode(trap))).toMatchObject({ path: 'x' });
  });

  it('carries one object in two places', () => {
    const shared = { a: 1 };
    expect(decode(encode([shared, shared]))).toEqual([{ a: 1 }, { a: 1 }]);
  });

  it('copies, so that later changes do not show', () => {
    const inner = { amounts: ['1'] };
    const copied = snapshot(inner);
    inner.amounts.push('2');
    expect(copied).toEqual({ amounts: ['1'] });
  });
});

function thrown(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** As the value arrives: dictionaries of fast-check may have no prototype. */
function normal(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(normal);
  const copy = {};
  for (const [key, inner] of Object.entries(value))
    Object.defineProperty(copy, key, {
      value: normal(inner),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  return copy;
}
