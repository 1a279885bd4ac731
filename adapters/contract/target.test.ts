import { describe, expect, test } from 'vitest';
import {
  CLAUSE_GROUPS,
  CLAUSES,
  codeOf,
  declares,
  DEFAULT_CAPABILITIES,
  defineTarget,
  findClause,
  FULL_SETTLEMENT,
  inapplicability,
  isStorageError,
  LEVELS,
  parseTarget,
  PLAIN_SETTLEMENT,
  StorageError,
  SURFACES,
  surfacesOf,
  type StorageAdapter,
  type Target,
} from './index.ts';

const adapter: StorageAdapter = {
  close: () => Promise.resolve(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
const open = (): StorageAdapter => adapter;

function parsed(candidate: unknown): Target {
  const result = parseTarget(candidate);
  if ('problems' in result) throw new Error(result.problems.join('; '));
  return result.target;
}

describe('targets', () => {
  test('may say which ids they take', () => {
    const ids = { pattern: /^[a-z0-9_]{1,40}$/, example: 'stream_1' };
    expect(parsed({ name: 'x', open, ids }).idSpace?.rule).toEqual({
      pattern: '^[a-z0-9_]{1,40}$',
      flags: '',
      example: 'stream_1',
    });
    expect(parsed({ name: 'x', open }).idSpace).toBeUndefined();
    const wrong = (rule: unknown): unknown => parseTarget({ name: 'x', open, ids: rule });
    expect(wrong({ ...ids, example: 'Stream' })).toEqual({
      problems: ['ids: example: expected an id that the pattern allows, got "Stream"'],
    });
    expect(wrong({ ...ids, pattern: 7 })).toEqual({
      problems: ['ids.pattern: expected a regular expression, got 7'],
    });
    expect(wrong({ pattern: ids.pattern })).toMatchObject({
      problems: [expect.stringContaining('ids.example')],
    });
  });

  test('may say of a fault that it harms nobody', () => {
    const strike = (): { proof: string } => ({ proof: 'x' });
    expect(
      parsed({ name: 'x', open, faults: { 'restart-storage': { reach: 'run', strike } } }).faults,
    ).toEqual({ 'restart-storage': { reach: 'run', strike } });
    const wrong = parseTarget({ name: 'x', open, faults: { 'restart-storage': { reach: 'all', strike } } });
    expect(wrong).toEqual({
      problems: [
        "faults.restart-storage: expected a function, or { reach: 'run' | 'server', strike: a function }, got an object",
      ],
    });
  });

  test('get every capability resolved', () => {
    const target = parsed({ name: 'x', open, capabilities: { atomic: true } });
    expect(target.capabilities).toEqual({ ...DEFAULT_CAPABILITIES, atomic: true });
    expect(target.version).toBe('0.0.0');
    expect(defineTarget({ name: 'x', open })).toEqual({ name: 'x', open });
  });

  test('say what their settlement can be asked', () => {
    expect(parsed({ name: 'x', open }).settlement).toEqual(FULL_SETTLEMENT);
    expect(parsed({ name: 'x', open, protocol: { settle: open } }).settlement).toEqual(PLAIN_SETTLEMENT);
    const protocol = { withdraw: open, amounts: true, once: false };
    expect(parsed({ name: 'x', open, protocol }).settlement).toEqual({
      amounts: true,
      once: false,
      revision: false,
    });
  });

  test('offer environments by the names of clauses and of their poolers', () => {
    const environments = { a: open, 'replica-only': open } as never;
    expect(parsed({ name: 'x', open, environments, capabilities: { poolers: ['a'] } }).environments).toBe(
      environments,
    );
  });

  test('may be an instance of a class with private fields', async () => {
    class Mine {
      readonly name = 'mine';
      readonly #adapter = adapter;
      open(): StorageAdapter {
        return this.#adapter;
      }
    }
    const target = parsed(new Mine());
    expect(target.name).toBe('mine');
    expect(await target.open({ connection: null, namespace: 'n', clock: Date.now, instance: 1 })).toBe(
      adapter,
    );
  });

  test.each([
    ['nothing', undefined],
    ['a function', open],
    ['no name', { open }],
    ['a name with capitals', { name: 'Mine', open }],
    ['no open', { name: 'x' }],
    ['open that is no function', { name: 'x', open: adapter }],
    ['an unknown field', { name: 'x', open, opne: open }],
    ['an environment that is no function', { name: 'x', open, environments: { 'replica-only': {} } }],
    ['an environment that no clause knows', { name: 'x', open, environments: { pgbouncer: open } }],
    [
      'an environment of another pooler than it declares',
      { name: 'x', open, environments: { b: open }, capabilities: { poolers: ['a'] } },
    ],
    ['an unknown capability', { name: 'x', open, capabilities: { durabel: true } }],
    ['an unknown durability', { name: 'x', open, capabilities: { durable: 'always' } }],
    ['a bound that is no bound', { name: 'x', open, capabilities: { recoveryMs: 0 } }],
    ['an unknown codec', { name: 'x', open, codec: { encode: open } }],
    ['an unknown operation', { name: 'x', open, protocol: { start: open } }],
    ['a settlement that is no function', { name: 'x', open, protocol: { settle: 1 } }],
    ['what a settlement can do, and none', { name: 'x', open, protocol: { amounts: true } }],
    ['a settlement that can be asked nothing', { name: 'x', open, protocol: { settle: open, once: false } }],
    ['a provided clause that does not exist', { name: 'x', open, provided: { 'CUR-99': 'it' } }],
    ['a clause provided by nobody', { name: 'x', open, provided: { 'CUR-01': '' } }],
  ])('are refused with %s', (_name, candidate) => {
    expect(parseTarget(candidate)).toHaveProperty('problems');
    expect(() => defineTarget(candidate as never)).toThrow(TypeError);
  });

  test('are refused with what was expected and what came, each in a line of its own', () => {
    const capabilities = { durable: true, atomic: 'yes', foo: 1, recoveryMs: -1 };
    expect(parseTarget({ name: 'x', open: 3, capabilities })).toEqual({
      problems: [
        "capabilities.durable: expected false | 'process-crash' | 'storage-crash', got true",
        "capabilities.atomic: expected a boolean, got 'yes'",
        'capabilities.recoveryMs: expected milliseconds above 0, or null, got -1',
        expect.stringMatching(/^capabilities: expected only the members crossInstance, .*, got "foo"$/),
        'open: expected a function, got 3',
      ],
    });
  });

  test('are refused with all that is wrong in one line', () => {
    const candidate = { name: 'X', open, environments: { b: open } };
    expect(() => defineTarget(candidate as never)).toThrow(
      /^Expected a target: name: expected 1 to 40 .*; environments\.b: expected one of [^\n]*$/,
    );
  });
});

describe('capabilities and surfaces', () => {
  test('false, null and an empty list declare nothing', () => {
    expect(
      Object.keys(DEFAULT_CAPABILITIES).filter((name) => declares(DEFAULT_CAPABILITIES, name as never)),
    ).toEqual([]);
    const some = {
      ...DEFAULT_CAPABILITIES,
      recoveryMs: 5,
      poolers: ['p'],
      durable: 'process-crash' as const,
    };
    expect(Object.keys(some).filter((name) => declares(some, name as never))).toEqual([
      'durable',
      'recoveryMs',
      'poolers',
    ]);
  });

  test('surfaces are found by their presence', () => {
    expect(surfacesOf(adapter)).toEqual([]);
    const withLock = (): Promise<never> => Promise.reject(new Error('unused'));
    expect(surfacesOf({ ...adapter, streamRepository: { withLock } })).toEqual(['locks']);
    expect(
      surfacesOf({ ...adapter, streamRepository: { users: {} as never }, idempotencyStore: {} as never }),
    ).toEqual(['users', 'idempotency']);
    expect(surfacesOf({ ...adapter, authority: {} as never })).toEqual(['authority']);
  });
});

describe('clauses', () => {
  test('are unique, of a known group and level, and are found by id', () => {
    expect(new Set(CLAUSES.map(({ id }) => id)).size).toBe(CLAUSES.length);
    for (const clause of CLAUSES) {
      expect(CLAUSE_GROUPS).toContain(clause.group);
      expect(LEVELS).toContain(clause.level);
      expect(findClause(clause.id)).toBe(clause);
      for (const name of clause.capabilities) expect(DEFAULT_CAPABILITIES).toHaveProperty(name);
    }
    expect(findClause('LOCK-99')).toBeUndefined();
  });

  test('do not apply without their surfaces and capabilities', () => {
    const clause = findClause('ACT-04');
    if (clause === undefined) throw new Error('ACT-04 is gone');
    const capable = { ...DEFAULT_CAPABILITIES, crossInstance: true };
    expect(inapplicability(clause, SURFACES, capable)).toBeUndefined();
    expect(inapplicability(clause, SURFACES, DEFAULT_CAPABILITIES)).toContain('crossInstance');
    expect(inapplicability(clause, ['locks'], capable)).toContain('activity');
  });
});

describe('errors', () => {
  test('are recognized by their brand, also from a second copy of lockstep', () => {
    const cause = new Error('below');
    const error = new StorageError('CONFLICT', 'no', { cause, details: { id: 'x' } });
    expect([isStorageError(error), codeOf(error), error.cause, error.details]).toEqual([
      true,
      'CONFLICT',
      cause,
      { id: 'x' },
    ]);
    const foreign = Object.assign(new Error('no'), {
      code: 'CONFLICT',
      [Symbol.for('lockstep.StorageError')]: true,
    });
    expect(codeOf(foreign)).toBe('CONFLICT');
    for (const other of [new Error('no'), { code: 'CONFLICT' }, null, undefined, 'CONFLICT'])
      expect(codeOf(other)).toBeUndefined();
  });
});
