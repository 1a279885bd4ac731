/** The target of the hostile adapter that the environment variable HOSTILE names. */
import memory from '../memory/target.ts';
import type { TargetDefinition } from '../contract/index.ts';
import { hostileTarget } from './catalog.ts';

const target: TargetDefinition = await hostileTarget(process.env['HOSTILE'] ?? '', memory);

export default target;
