/** The store in files as most are written: get, then set, and nothing that keeps another process from coming between. */
import type { TargetDefinition } from '../../contract/index.ts';
import { sharedTarget } from './sharedTarget.ts';

const target: TargetDefinition = sharedTarget('racing-store', (store) => ({
  ...store,
  step: (action) => action(),
}));
export default target;
