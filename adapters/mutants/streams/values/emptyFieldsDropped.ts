import type { Json, NewStream } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';

/** Nulls and empty objects inside further fields are dropped. */
export const emptyFieldsDropped: Mutant = {
  name: 'empty-fields-dropped',
  origin: 'A serializer that omits empty values: `omitempty`, Include.NON_EMPTY, jsonb_strip_nulls.',
  clauses: ['STREAM-09'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => passStreams(adapter, { incoming: (stream) => stripped(stream) as NewStream }),
};

function stripped(value: Json | NewStream): unknown {
  if (Array.isArray(value)) return value.map((item: Json) => (isEmpty(item) ? item : stripped(item)));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([name, item]) => name === 'withdrawal' || !isEmpty(item as Json),
  );
  return Object.fromEntries(
    kept.map(([name, item]) => [name, name === 'withdrawal' ? item : stripped(item as Json)]),
  );
}

function isEmpty(value: Json): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
