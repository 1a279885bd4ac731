/** The hostile adapter that the variable HOSTILE names, as a target. */
import memory from '../memory/target.ts';
import type { TargetDefinition } from '../contract/index.ts';
import { hostileTarget } from './catalog.ts';

const target: TargetDefinition = await hostileTarget(process.env['HOSTILE'] ?? '', memory);

export default target;
