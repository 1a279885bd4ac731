import type { Json, NewStream } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';

/**
 * Records are copied field by field, by assignment: a field named `__proto__` sets the prototype of the copy instead.
 */
export const assignedFields: Mutant = {
  name: 'assigned-fields',
  origin: 'A mapper or a deep merge with target[key] = value: the field is lost or, worse, inherited.',
  clauses: ['STREAM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => passStreams(adapter, { incoming: (stream) => assigned(stream) as NewStream }),
};

function assigned(value: unknown): Json | undefined {
  if (typeof value !== 'object' || value === null) return value as Json | undefined;
  if (Array.isArray(value)) return value.map((inner) => assigned(inner) ?? null);
  const copy: Record<string, Json | undefined> = {};
  for (const [key, inner] of Object.entries(value)) copy[key] = assigned(inner);
  return copy as Json;
}
