/** A target that cannot be opened. */
import { defineTarget, StorageError, type TargetDefinition } from '../../../adapters/contract/index.ts';

const target: TargetDefinition = defineTarget({
  name: 'failing',
  open: () => {
    throw new StorageError('UNAVAILABLE', 'There is no storage.');
  },
});
export default target;
