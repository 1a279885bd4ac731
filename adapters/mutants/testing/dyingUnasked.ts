/** The same without a check of its own, so lockstep checks the storage by ordinary calls. */
import type { TargetDefinition } from '../../contract/index.ts';
import { dyingStorage } from './dyingStorage.ts';

const target: TargetDefinition = dyingStorage(false);

export default target;
