/** The memory adapter, of which each process can open one instance: as behind a licence, or a pooler that has run out. */
import { defineTarget, type TargetDefinition } from '../../contract/index.ts';
import memory from '../target.ts';

let opened = 0;

const target: TargetDefinition = defineTarget({
  ...memory,
  name: 'open-once',
  open: (options) => {
    opened += 1;
    if (opened > 1) throw new Error('the licence allows one connection');
    return memory.open(options);
  },
});
export default target;
