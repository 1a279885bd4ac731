import type { Mutant } from '../mutant.ts';

/**
 * The unchanged reference, with a capability declared that it does not have: a list over several streams shows events
 * out of order.
 */
export const tailDeclaredComplete: Mutant = {
  name: 'tail-declared-complete',
  origin:
    'A feed by (time, id) over all streams: events are stamped before they commit, so a reader of the tail skips late ones.',
  clauses: ['CUR-06'],
  bases: ['memory', 'postgres'],
  capabilities: { tailComplete: true },
};
