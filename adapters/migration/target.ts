/** The move from memory to PostgreSQL as a target. */
import type { TargetDefinition } from '../contract/index.ts';
import memory from '../memory/target.ts';
import postgres from '../postgres/target.ts';
import { migrationTarget } from './define.ts';

const target: TargetDefinition = migrationTarget({ name: 'migration', old: memory, new: postgres });

export default target;
