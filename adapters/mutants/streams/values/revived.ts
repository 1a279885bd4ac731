/** JSON that a reader converts to something else: a date, a list, a number. */
import type { Json, NewStream } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';

/** Changes every value in every field of a stream, from the outside in. */
function withValues(change: (value: Json) => Json): NonNullable<Mutant['mutate']> {
  const deep = (value: Json): Json => {
    const changed = change(value);
    if (Array.isArray(changed)) return changed.map((one: Json) => deep(one));
    if (typeof changed !== 'object' || changed === null) return changed;
    return Object.fromEntries(Object.entries(changed).map(([name, inner]) => [name, deep(inner)]));
  };
  const TIMES = ['createdAt', 'updatedAt'];
  return (adapter) =>
    passStreams(adapter, {
      outgoing: (stream) =>
        Object.fromEntries(
          Object.entries(stream).map(([name, value]) => [
            name,
            value === undefined || TIMES.includes(name) ? value : deep(value),
          ]),
        ) as typeof stream,
    });
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

export const datesRevived: Mutant = {
  name: 'dates-revived',
  origin:
    'JSON.parse(text, reviveDates): a text that looks like a time becomes a Date, and is written with three digits.',
  clauses: ['STREAM-08', 'STREAM-09'],
  bases: ['memory', 'postgres'],
  mutate: withValues((value) =>
    typeof value === 'string' && ISO.test(value) ? new Date(value).toISOString() : value,
  ),
};

export const numberedKeysAsList: Mutant = {
  name: 'numbered-keys-as-list',
  origin: 'PHP, Lua and lodash’s set() have one type for lists and for objects with the keys 0, 1, 2.',
  clauses: ['STREAM-09'],
  bases: ['memory', 'postgres'],
  mutate: withValues((value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const names = Object.keys(value);
    const isList = names.length > 0 && names.every((name, index) => name === String(index));
    return isList ? Object.values(value) : value;
  }),
};

export const hundredFields: Mutant = {
  name: 'hundred-fields',
  origin: 'jsonb_build_object() takes 100 arguments, and a form parser 100 fields: the rest is lost.',
  clauses: ['STREAM-09'],
  bases: ['memory', 'postgres'],
  mutate: withValues((value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).slice(0, 100))
      : value,
  ),
};

const AMOUNTS = ['rate', 'totalAmount', 'releasedAmount', 'withdrawnAmount'] as const;

export const amountsCoerced: Mutant = {
  name: 'amounts-coerced',
  origin:
    'z.coerce.string(), or a numeric column: 1000 and "0007" are accepted, and read back as other texts.',
  clauses: ['STREAM-06'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    passStreams(adapter, {
      incoming: (stream) => {
        const coerced = AMOUNTS.flatMap((field) => {
          const amount: unknown = stream[field];
          const isWhole = typeof amount === 'number' ? Number.isSafeInteger(amount) : isDigits(amount);
          return isWhole ? [[field, BigInt(amount as string | number).toString()]] : [];
        });
        return { ...stream, ...Object.fromEntries(coerced) } as NewStream;
      },
    }),
};

function isDigits(amount: unknown): boolean {
  return typeof amount === 'string' && /^\d{1,38}$/.test(amount);
}
