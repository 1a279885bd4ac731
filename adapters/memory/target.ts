/** The memory adapter as a target. */
import { defineTarget, type TargetDefinition } from '../contract/index.ts';
import { createMemoryAdapter, MEMORY_CAPABILITIES } from './index.ts';
import { dropStore } from './store.ts';

const target: TargetDefinition = defineTarget({
  name: 'memory',
  version: '1.0.0',
  capabilities: MEMORY_CAPABILITIES,
  open: ({ namespace, clock }) => createMemoryAdapter({ namespace, clock }),
  destroy: ({ namespace }) => dropStore(namespace),
});

export default target;
