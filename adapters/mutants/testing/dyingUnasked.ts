/** The same without a check of its own: lockstep asks by plain calls. */
import type { TargetDefinition } from '../../contract/index.ts';
import { dyingStorage } from './dyingStorage.ts';

const target: TargetDefinition = dyingStorage(false);

export default target;
