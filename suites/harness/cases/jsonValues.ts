/** JSON values that storages may change. */
import fc from 'fast-check';
import type { Json } from '../../../adapters/contract/index.ts';

/**
 * Deeper than some storages allow. Each level is a list in an object, so it takes two of the 64 levels that adapters
 * must accept.
 */
const DEPTH = 30;

/** One more item or field than some storages accept. */
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
  // Texts and objects that some JSON readers convert into something else.
  ['2026-01-31T08:15:00.123456Z', '42', '9007199254740993n', { $date: '2026-01-31T08:15:00Z' }],
  [{ $numberLong: '42' }, { type: 'Buffer', data: [1, 2] }],
  // Objects that look like lists, or like records of a mapper.
  { 0: 'a', 1: 'b' },
  { length: 2, constructor: 'c', toString: null, _id: 1, __v: 0 },
  { snake_case: { camelCase: 1, 'kebab-case': [{ Some_Case: 2 }] } },
  // More than some form parsers and database functions accept.
  Array.from({ length: MANY }, (_, index) => index),
  Object.fromEntries(Array.from({ length: MANY }, (_, index) => [`key${index}`, index])),
];

function nested(depth: number): Json {
  return depth === 0 ? 'deep' : { in: [nested(depth - 1)] };
}

/** Any JSON value that every storage can represent. */
export const jsonValue: fc.Arbitrary<Json> = fc.oneof(
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3, stringUnit: 'grapheme-ascii' }).map(plain) },
  { weight: 1, arbitrary: fc.constantFrom<Json[]>(...JSON_EDGES) },
);

/**
 * A JSON value without what not every storage can represent: -0, the name that sets a prototype, and the empty text,
 * which STREAM-08 allows adapters to refuse.
 */
function plain(json: unknown): Json {
  if (json === '') return 'empty';
  if (json === 0) return 0;
  if (Array.isArray(json)) return json.map(plain);
  if (typeof json !== 'object' || json === null) return json as Json;
  const entries = Object.entries(json).filter(([key]) => key !== '' && key !== '__proto__');
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]));
}
