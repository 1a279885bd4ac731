import { describe, expect, it } from 'vitest';
import { compareIds, IdSpace } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import { scopeOf, takesInTrials } from './scope.ts';
import { formsOf } from '../vocabulary/ids.ts';

const UUIDS = new IdSpace({
  pattern: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  example: 'c0ffee00-1dea-4bad-9bed-0123456789ab',
});
const NAMES = new IdSpace({ pattern: /^[a-z0-9_]{1,40}$/, example: 'stream_1' });
const FEW = new IdSpace({ pattern: /^[0-9a-f]{14}$/, example: '0123456789abcd' });

describe.each([UUIDS, NAMES, FEW])('trials of an adapter that takes $rule.pattern', (idSpace) => {
  it('have ids that it takes, each its own', () => {
    const scopes = [1, 2, 500].map((number) => scopeOf(number, idSpace));
    const names = Array.from({ length: 1_001 }, (_, index) => `s${index}`);
    const ids = scopes.flatMap((scope) => names.map((name) => scope.id(name)));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !idSpace.allows(id))).toEqual([]);
    expect(scopes[0]?.id('s1')).toBe(ids[1]);
  });

  it('have their ids before those of earlier ones', () => {
    const [earlier, later] = [7, 8].map((number) =>
      ['a', 'b', 'c', 'd'].map((name) => scopeOf(number, idSpace).id(name)).sort(compareIds),
    );
    expect(compareIds(later?.at(-1) ?? '', earlier?.[0] ?? '')).toBeLessThan(0);
  });

  it('name ids by what they stand for', () => {
    const scope = scopeOf(1, idSpace);
    const token = `settle:${scope.asIs('k1')}`;
    expect([scope.id('s1'), token, 'other', '', null].map((id) => scope.name(id))).toEqual([
      's1',
      'settle:k1',
      'other',
      '""',
      'null',
    ]);
  });
});

it('keeps similar ids behind a prefix as far as the adapter takes them', () => {
  const taken = (idSpace?: IdSpace): string[] =>
    ['s1', 's10', 'a_b', 'a-b', 'A'].filter((id) => takesInTrials(defined({ idSpace }), id));
  expect(taken()).toEqual(['s1', 's10', 'a_b', 'a-b', 'A']);
  expect(taken(NAMES)).toEqual(['s1', 's10', 'a_b']);
  expect(taken(UUIDS)).toEqual([]);
});

describe('forms of an id', () => {
  it('are other by one character, where the rule allows nothing else', () => {
    const id = UUIDS.of('s1');
    const forms = formsOf(id, UUIDS);
    expect(forms[0]).toBe(id);
    expect(forms).toHaveLength(6);
    for (const form of forms.slice(1))
      expect(Array.from(form).filter((character, at) => character !== id[at])).toHaveLength(1);
  });

  it('are other in case and length, where it allows them', () => {
    const words = new IdSpace({ pattern: /^[A-Za-z0-9-]{1,40}$/, example: 'a' });
    const id = words.of('s1');
    expect(formsOf(id, words)).toEqual(
      expect.arrayContaining([id.toUpperCase(), id.toLowerCase(), id.slice(0, -1)]),
    );
  });
});
