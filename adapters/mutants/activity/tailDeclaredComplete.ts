import type { Mutant } from '../mutant.ts';

/** The reference itself, which declares more than it holds: a list over several streams shows events out of order. */
export const tailDeclaredComplete: Mutant = {
  name: 'tail-declared-complete',
  origin:
    'A feed by (time, id) over all streams: events are stamped before they commit, and a tail skips the late ones.',
  clauses: ['CUR-06'],
  bases: ['memory', 'postgres'],
  capabilities: { tailComplete: true },
};
