import { describe, expect, it } from 'vitest';
import { IdSpace, type IdRule } from './ids.ts';
import { compareIds } from './cursor.ts';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const RULES: readonly IdRule[] = [
  { pattern: new RegExp(`^${UUID}$`), example: 'c0ffee00-1dea-4bad-9bed-0123456789ab' },
  { pattern: '^[a-z0-9_]{1,40}$', example: 'stream_1' },
  { pattern: /^(?:str|usr)_[0-9A-HJKMNP-TV-Z]{26}$/, example: 'str_01H8XGJWBWBAQ4Z4X2Y5Y3Q7ZK' },
  { pattern: /^[1-9][0-9]{0,17}$/, example: '7' },
  { pattern: /^(?<kind>acct|cus)-\w+(?:\.[^\s/]+)?$/i, example: 'ACCT-1' },
  { pattern: /^.{1,1024}$/, example: 'anything' },
];
const NAMES = Array.from({ length: 500 }, (_, index) => `s${index + 1}`);

describe.each(RULES)('ids of $pattern', (rule) => {
  const space = new IdSpace(rule);
  const pattern = new RegExp(rule.pattern);

  it('are different, and match', () => {
    const ids = NAMES.map((name) => space.of(name));
    expect(new Set(ids).size).toBe(NAMES.length);
    expect(ids.filter((id) => !pattern.test(id) || !/^[!-~]+$/.test(id))).toEqual([]);
  });

  it('are the same in every process', () => {
    const again = new IdSpace(space.rule);
    expect(NAMES.map((name) => again.of(name))).toEqual(NAMES.map((name) => space.of(name)));
  });

  it('of a later stretch stand behind those of an earlier one', () => {
    const ids = [0, 1, 9_999_999, 2 ** 24 - 1].map((stretch) =>
      NAMES.slice(0, 50).map((name) => space.within(stretch, name)),
    );
    expect(ids.flat().filter((id) => !pattern.test(id))).toEqual([]);
    expect(new Set(ids.flat()).size).toBe(200);
    const sorted = ids.map((stretch) => stretch.sort(compareIds));
    expect(sorted.flat().sort(compareIds)).toEqual(sorted.flat());
  });
});

it.each([
  [{ pattern: /[a-z]{20}$/, example: 'a'.repeat(20) }, /expected \^ at its beginning and \$ at its end/],
  [{ pattern: /^[a-z]{20}/, example: 'a'.repeat(20) }, /expected \^ at its beginning and \$ at its end/],
  [{ pattern: /^[a-z]{20}\$/, example: `${'a'.repeat(20)}$` }, /expected \^ at its beginning/],
  [{ pattern: /^[a-z]{20}|[0-9]{40}$/, example: 'a'.repeat(20) }, /alternatives are in a group/],
  [{ pattern: /^[a-z]{20}$/, example: 'A' }, /example: expected an id that the pattern allows, got "A"/],
  [{ pattern: /^[a-z]{1,3}$/, example: 'abc' }, /at least 2\^56 ids of one length.* allows 17576$/],
  [{ pattern: /^(?!x)[a-z]{20}$/, example: 'a'.repeat(20) }, /without lookahead/],
  [{ pattern: /^([a-z]{20})\1$/, example: 'a'.repeat(40) }, /without "\\1"/],
  [{ pattern: /^[а-я]{20}$/, example: 'а'.repeat(20) }, /allows 0$/],
  [{ pattern: /^[a-z]{20}$/m, example: 'a'.repeat(20) }, /expected no flags other than i/],
  [{ pattern: /^(?:[a-z]{1,1000}){1,1000}$/, example: 'a' }, /expected a simpler pattern/],
  [{ pattern: '^(', example: 'a' }, /expected a regular expression, got "\^\("/],
])('refuses %o', (rule, message) => {
  expect(() => new IdSpace(rule)).toThrow(message);
});
