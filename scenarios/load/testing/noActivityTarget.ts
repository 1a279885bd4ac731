/** The map adapter without its activity. */
import { defineTarget, type TargetDefinition } from '../../../adapters/contract/index.ts';
import { openMapAdapter } from './mapAdapter.ts';

const target: TargetDefinition = defineTarget({
  name: 'no-activity',
  open({ namespace }) {
    const { streamRepository, ...others } = openMapAdapter(namespace);
    const { activity: _activity, ...without } = streamRepository ?? {};
    return { ...others, streamRepository: without };
  },
});
export default target;
