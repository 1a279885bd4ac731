/** JSON that storages change on its way, or leave as it is. */
import fc from 'fast-check';
import type { Json } from '../../../adapters/contract/index.ts';

/** Deeper than some storages nest. Each of these is a list in an object: two of the 64 levels that adapters must take. */
const DEPTH = 30;

/** One more than some take of items or of fields. */
export const MANY = 101;

/** Values that a careless column, driver or mapper changes. */
export const JSON_EDGES: readonly Json[] = [
  null,
  false,
  0,
  '0',
  [],
  {},
  [[]],
  0.1 + 0.2,
  1e21,
  5e-324,
  Number.MAX_VALUE,
  Number.MAX_SAFE_INTEGER,
  { b: 1, a: { d: null, c: [1, '1', true] } },
  nested(DEPTH),
  // Texts and objects that readers of JSON revive as something else.
  ['2026-01-31T08:15:00.123456Z', '42', '9007199254740993n', { $date: '2026-01-31T08:15:00Z' }],
  [{ $numberLong: '42' }, { type: 'Buffer', data: [1, 2] }],
  // Objects that are taken for lists, or for records of a mapper.
  { 0: 'a', 1: 'b' },
  { length: 2, constructor: 'c', toString: null, _id: 1, __v: 0 },
  { snake_case: { camelCase: 1, 'kebab-case': [{ Some_Case: 2 }] } },
  // More than parsers of forms, or functions of databases, take.
  Array.from({ length: MANY }, (_, index) => index),
  Object.fromEntries(Array.from({ length: MANY }, (_, index) => [`key${index}`, index])),
];

function nested(depth: number): Json {
  return depth === 0 ? 'deep' : { in: [nested(depth - 1)] };
}

/** Any, without what not every storage can say. */
export const jsonValue: fc.Arbitrary<Json> = fc.oneof(
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3, stringUnit: 'grapheme-ascii' }).map(plain) },
  { weight: 1, arbitrary: fc.constantFrom<Json[]>(...JSON_EDGES) },
);

/**
 * JSON as every storage can say it: without -0, without the one name that sets a prototype, and without the empty
 * text, which STREAM-08 allows to refuse.
 */
function plain(json: unknown): Json {
  if (json === '') return 'empty';
  if (json === 0) return 0;
  if (Array.isArray(json)) return json.map(plain);
  if (typeof json !== 'object' || json === null) return json as Json;
  const entries = Object.entries(json).filter(([key]) => key !== '' && key !== '__proto__');
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]));
}
