import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_CAPABILITIES,
  codeOf,
  decodeListCursor,
  decodeScanCursor,
  encodeListCursor,
  encodeScanCursor,
  SURFACES,
  validateStream,
} from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import { PROPERTIES } from '../../clauses/index.ts';
import { exactAmount, NO_AMOUNTS, NO_COUNTS } from '../cases/amounts.ts';
import { badCursorsOf, type BadCursor } from '../cases/badCursors.ts';
import { streamOf } from '../cases/generate.ts';
import { exampleInputs } from './input.ts';
import { SERVICE, TOPOLOGIES, type Property, type Scope } from './property.ts';
import { TABLES, timeOf } from '../cases/tables.ts';
import { subjectOf } from '../testing/subject.ts';

/** What `call` throws, as a code; undefined: nothing. */
function thrownBy(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return codeOf(error) ?? 'none';
  }
}

function damage(cursor: string, { text }: BadCursor): string {
  if (typeof text === 'string') return text;
  const from = text.at < 0 ? cursor.length + text.at : text.at;
  return cursor.slice(0, from) + text.insert + cursor.slice(from + text.remove);
}

describe('bad cursors', () => {
  const lists = TABLES.flatMap(({ lists }) => lists);

  it.each(lists.map((list) => [list.title, list] as const))('are none of %s, whatever the id', (_, list) => {
    const ids = ['a', 'ab', 'abc', 'a|b', '\u{1F600}', '2030-01-01T00:00:00.000Z|x'];
    for (const id of ids.map((text) => `t9999999-${text}`)) {
      const cursor =
        list.by === 'id'
          ? encodeScanCursor(id)
          : encodeListCursor({ timestamp: '2030-01-01T00:00:00.123456Z', id });
      const decode = list.by === 'id' ? decodeScanCursor : decodeListCursor;
      // The contract's own decoders refuse what may also be answered.
      for (const bad of badCursorsOf(list)) {
        expect([id, bad.why, thrownBy(() => decode(damage(cursor, bad)))]).toEqual([
          id,
          bad.why,
          'INVALID_CURSOR',
        ]);
      }
    }
  });
});

describe('amounts', () => {
  it('are valid where they must come back exactly', () => {
    fc.assert(
      fc.property(exactAmount, (totalAmount) => {
        validateStream(streamOf('s1', { totalAmount }));
      }),
    );
  });

  it.each(NO_AMOUNTS)('are none: %s', (value) => {
    const record = { ...streamOf('s1'), rate: value } as never;
    expect(thrownBy(() => validateStream(record))).toBe('INVALID_RECORD');
  });

  it.each(NO_COUNTS)('no revision is %s', (value) => {
    const record = { ...streamOf('s1'), revision: value } as never;
    expect(thrownBy(() => validateStream(record))).toBe('INVALID_RECORD');
  });
});

describe('times of rows', () => {
  const scope = (number: number) => ({
    id: (name: string) => name,
    asIs: (name: string) => name,
    name: (id: string) => id,
    number,
  });
  const [streams] = TABLES;

  it('have as many digits as the row says, and as its time needs', () => {
    const fraction = (at: number, digits?: number): string | undefined => {
      const row = { key: 'a', at, ...defined({ digits }) };
      return /\.(\d+)Z$/.exec(timeOf(streams!, row, scope(1)))?.[1];
    };
    expect(fraction(0)).toBe('000');
    expect(fraction(1000)).toBe('001');
    expect(fraction(120)).toBe('00012');
    expect(fraction(1000, 6)).toBe('001000');
    expect(fraction(1001, 3)).toBe('001001');
  });

  it.each(
    TABLES.flatMap((table) =>
      table.lists
        .filter((list) => list.by === 'time' && list.shared)
        .map((list) => [list.title, table, list] as const),
    ),
  )('sort before those of earlier trials in %s', (_, table, list) => {
    const earlier = timeOf(table, { key: 'a', at: 0 }, scope(7));
    const later = timeOf(table, { key: 'a', at: 999_999 }, scope(8));
    expect(list.latestFirst ? later > earlier : later < earlier).toBe(true);
  });
});

describe('examples', () => {
  const capabilities = {
    ...DEFAULT_CAPABILITIES,
    lockTimeout: true,
    idempotencyClaims: true,
    exportClaims: true,
  };
  const subject = subjectOf({ surfaces: SURFACES, capabilities });
  const scope: Scope = {
    id: (name) => `t9999999-${name}`,
    asIs: (name) => `t9999999-${name}`,
    name: String,
    number: 1,
  };
  const properties = PROPERTIES as readonly unknown[] as readonly Property<unknown>[];
  const withExamples = properties.filter((one) => 'trial' in one && one.examples !== undefined);

  it.each(withExamples.map((one) => [one.clause, one] as const))('of %s make trials', (_, definition) => {
    const inputs = exampleInputs(definition, subject, ['one'], [SERVICE]);
    expect(inputs.length).toBeGreaterThan(0);
    for (const [{ body }] of inputs)
      expect(definition.trial(body, scope, subject).actors.length).toBeGreaterThan(0);
  });

  it('are run again on several processes only where those see more', () => {
    const on = (clause: string): Set<string> => {
      const definition = properties.find((one) => one.clause === clause) as Property<unknown>;
      const inputs = exampleInputs(definition, subject, TOPOLOGIES, [SERVICE]);
      return new Set(inputs.map(([{ topology }]) => topology));
    };
    // Rows that one instance stores and reads.
    expect(on('CUR-02')).toEqual(new Set(['one']));
    // Actors of several instances.
    expect(on('LOCK-01')).toEqual(new Set(['one', 'processes']));
  });
});
