import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FieldFinder, isThere } from './fields.ts';

const PATHS = ['key', 'id', 'args.token', 'args.key', 'n'] as const;
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('"', '\\', 'stream "a"', '}'),
);
const names = fc.oneof(fc.constantFrom('key', 'id', 'args', 'token', 'n'), text);
const values = fc.oneof(text, fc.nat(), fc.boolean(), fc.constant(null), fc.array(text, { maxLength: 3 }));
const objects = fc.dictionary(names, fc.oneof(values, fc.dictionary(names, values, { maxKeys: 4 })), {
  maxKeys: 6,
});

it('finds in a line what parsing finds', () => {
  const finder = new FieldFinder(PATHS);
  fc.assert(
    fc.property(objects, fc.nat(3), (object, indent) => {
      const line = Buffer.from(`# ${JSON.stringify(object, null, indent).replaceAll('\n', ' ')} #`);
      finder.look(line, 2, line.length - 2);
      for (const path of PATHS) {
        const parsed = JSON.parse(JSON.stringify(object)) as unknown;
        const value = path
          .split('.')
          .reduce<unknown>((at, name) => (at as Record<string, unknown> | null | undefined)?.[name], parsed);
        const isWanted = typeof value === 'string' || typeof value === 'number';
        const span = finder.found[path];
        expect(isThere(span)).toBe(isWanted);
        if (isWanted) expect(finder.bytes.toString('utf8', span.from, span.to)).toBe(String(value));
      }
    }),
  );
});
