/** The map adapter as a target. */
import { defineTarget, type TargetDefinition } from '../../../adapters/contract/index.ts';
import { openMapAdapter } from './mapAdapter.ts';

const target: TargetDefinition = defineTarget({
  name: 'map',
  open: ({ namespace }) => openMapAdapter(namespace),
});
export default target;
