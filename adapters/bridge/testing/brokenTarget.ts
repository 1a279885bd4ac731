/** The correct store, but every stream has its lock twice: two hold it at once. */
import type { TargetDefinition } from '../../contract/index.ts';
import { bridgeTarget } from '../index.ts';
import { createCorrectStore } from './correctStore.ts';

let calls = 0;

const target: TargetDefinition = bridgeTarget({
  name: 'broken-lock',
  open: ({ clock }) => {
    const store = createCorrectStore(clock);
    return {
      ...store,
      withLock: (id, callback) => {
        calls += 1;
        return store.withLock?.(`${id}-${calls % 2}`, callback) as ReturnType<typeof callback>;
      },
    };
  },
});

export default target;
