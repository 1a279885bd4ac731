/** A move from memory to memory, to certify the migration itself. */
import type { TargetDefinition } from '../contract/index.ts';
import memory from '../memory/target.ts';
import { migrationTarget } from './target.ts';

const target: TargetDefinition = migrationTarget({ name: 'migration', old: memory, new: memory });

export default target;
