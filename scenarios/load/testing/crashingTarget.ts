/** The map adapter, whose second instance ends its process inside a section after some of them. */
import {
  defineTarget,
  type StorageAdapter,
  type TargetDefinition,
} from '../../../adapters/contract/index.ts';
import { openMapAdapter } from './mapAdapter.ts';

const SECTIONS_UNTIL_CRASH = 30;
const CRASHING_INSTANCE = 2;

const target: TargetDefinition = defineTarget({
  name: 'crashing',
  open: ({ namespace, instance }): StorageAdapter => {
    const adapter = openMapAdapter(namespace);
    const withLock = adapter.streamRepository?.withLock?.bind(adapter.streamRepository);
    if (instance !== CRASHING_INSTANCE || withLock === undefined) return adapter;
    let sections = 0;
    return {
      ...adapter,
      streamRepository: {
        ...adapter.streamRepository,
        withLock: (id, callback) =>
          withLock(id, (view) => {
            sections += 1;
            if (sections > SECTIONS_UNTIL_CRASH) process.exit(7);
            return callback(view);
          }),
      },
    };
  },
});
export default target;
