/** Inputs that the contract refuses, as calls: wrong ids, pages, fields and records. */
import type { StorageErrorCode } from '../../../adapters/contract/index.ts';
import type { Method } from '../../../scenarios/host/language/program.ts';

/** A call that must fail, and the codes that the contract allows. Default: INVALID_RECORD. */
export type Bad = readonly [
  what: string,
  method: Method,
  args: readonly unknown[],
  codes?: readonly StorageErrorCode[],
];

export const INVALID: readonly StorageErrorCode[] = ['INVALID_RECORD'];
export const EXISTS: readonly StorageErrorCode[] = ['ALREADY_EXISTS'];
export const UNKNOWN: readonly StorageErrorCode[] = ['NOT_FOUND'];
export const CURSOR: readonly StorageErrorCode[] = ['INVALID_CURSOR'];
/** A cursor that is not a text may also count as an invalid field of the request. */
export const NO_CURSOR: readonly StorageErrorCode[] = ['INVALID_CURSOR', 'INVALID_RECORD'];
export const TOKEN: readonly StorageErrorCode[] = ['INVALID_TOKEN'];
/** A token that is not a text may also count as an invalid field of a record. */
export const NO_TOKEN: readonly StorageErrorCode[] = ['INVALID_TOKEN', 'INVALID_RECORD'];

export const NUL: string = 'a\0b';
export const LONE: string = 'a\uD83D';

/** Invalid ids: empty, with a NUL, with a lone surrogate, of another type. */
export const NO_IDS: readonly (readonly [what: string, value: unknown])[] = [
  ['an empty id', ''],
  ['an id with a NUL', NUL],
  ['an id with a lone surrogate', LONE],
  ['a number for an id', 7],
  ['null for an id', null],
  ['an object for an id', { id: 'x' }],
];

/** Page requests that the contract refuses. */
const NO_PAGES: readonly (readonly [what: string, request: object, codes: readonly StorageErrorCode[]])[] = [
  ['limit 0', { limit: 0 }, INVALID],
  ['limit -1', { limit: -1 }, INVALID],
  ['limit 1.5', { limit: 1.5 }, INVALID],
  ['limit 1001', { limit: 1001 }, INVALID],
  ['limit NaN', { limit: Number.NaN }, INVALID],
  ['a text for a limit', { limit: '2; drop table' }, INVALID],
  ['no limit', {}, INVALID],
  ['a damaged cursor', { limit: 1, cursor: '***' }, CURSOR],
  ['a number for a cursor', { limit: 1, cursor: 7 }, NO_CURSOR],
];

export function badIds(method: Method, ...rest: readonly unknown[]): Bad[] {
  return NO_IDS.map(([what, id]) => [`${method} of ${what}`, method, [id, ...rest], INVALID]);
}

export function badPages(method: Method, filter: object = {}): Bad[] {
  return NO_PAGES.map(([what, request, codes]) => [
    `${method} with ${what}`,
    method,
    [{ ...filter, ...request }],
    codes,
  ]);
}

/** `record`, with one of the fields made invalid at a time. */
export function badFields(
  method: Method,
  record: object,
  fields: Readonly<Record<string, readonly unknown[]>>,
): Bad[] {
  return Object.entries(fields).flatMap(([field, values]) =>
    values.map((value): Bad => {
      const shown = typeof value === 'number' ? String(value) : JSON.stringify(value);
      return [
        `${method} with ${field} ${shown ?? 'missing'}`,
        method,
        [{ ...record, [field]: value }],
        INVALID,
      ];
    }),
  );
}

/** Values that are no records at all. */
export function badRecords(method: Method, codes: readonly StorageErrorCode[] = INVALID): Bad[] {
  return [null, undefined, 'text', 7, []].map((value) => [
    `${method} of ${JSON.stringify(value) ?? 'undefined'}`,
    method,
    [value],
    codes,
  ]);
}

export const NO_TIMES: readonly unknown[] = [
  'yesterday',
  '2026-02-30T00:00:00.000Z',
  '2026-01-01T00:00:00Z',
  '2026-01-01T00:00:00.000+01:00',
  7,
];
export const NO_TEXTS: readonly unknown[] = [NUL, LONE, 7, null];
