/** An adapter with nothing but what a test gives it. */
import { DEFAULT_CAPABILITIES, FULL_SETTLEMENT } from '../../../adapters/contract/index.ts';
import type { Subject } from '../engine/property.ts';

export function subjectOf(parts: Partial<Subject> = {}): Subject {
  return { surfaces: [], capabilities: DEFAULT_CAPABILITIES, settlement: FULL_SETTLEMENT, ...parts };
}
