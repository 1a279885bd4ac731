/** Tells lockstep how to open instances of the adapter. `npx lockstep certify ./target.ts` certifies it. */
import { defineTarget, type TargetDefinition } from 'lockstep';
import { dropStarter, openStarter } from './adapter.ts';

const target: TargetDefinition = defineTarget({
  name: 'my-adapter',
  version: '0.1.0',
  // What the adapter promises; each promise switches clauses on. crossInstance (several processes share it),
  // ttl, durable, atomic and more: see Capabilities.
  capabilities: {},
  // A database needs `start` (once a run: where is it?), and `destroy` drops what a namespace holds.
  open: ({ namespace, clock }) => openStarter(namespace, clock),
  destroy: ({ namespace }) => dropStarter(namespace),
});

export default target;
