/** The correct store, with the clauses that the bridge provides checked like all others: the bridge keeps them. */
import type { TargetDefinition } from '../../contract/index.ts';
import correct from './correctTarget.ts';

const { provided: _provided, ...rest } = correct;
const target: TargetDefinition = { ...rest, name: 'bridge-and-correct-store' };

export default target;
