/** A move from memory to memory: the migration itself, without a database. */
import type { TargetDefinition } from '../contract/index.ts';
import memory from '../memory/target.ts';
import { migrationTarget } from './define.ts';

const target: TargetDefinition = migrationTarget({ name: 'migration-in-memory', old: memory, new: memory });

export default target;
