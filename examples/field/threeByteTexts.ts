import type { StreamRecord } from 'lockstep';
import { changeStreams, field } from './base.ts';

/** Cuts a text at the first character that takes four bytes in UTF-8. */
function cut(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/[\u{10000}-\u{10ffff}].*/su, '');
  if (Array.isArray(value)) return value.map(cut);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, name === 'id' ? inner : cut(inner)]),
  );
}

// MySQL's character set utf8 holds three bytes per character.
export default field('three-byte-texts', (adapter) =>
  changeStreams(adapter, (streams) => ({
    create: (stream) => streams.create(cut(stream) as StreamRecord),
    put: (stream) => streams.put(cut(stream) as StreamRecord),
  })),
);
