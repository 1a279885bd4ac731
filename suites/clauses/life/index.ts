import type { AnyProperty } from '../../harness/engine/property.ts';
import { LIFE_01 } from './LIFE-01.ts';
import { LIFE_03 } from './LIFE-03.ts';
import { LIFE_04 } from './LIFE-04.ts';
import { LIFE_05 } from './LIFE-05.ts';

export const LIFE_PROPERTIES: readonly AnyProperty[] = [LIFE_01, LIFE_03, LIFE_04, LIFE_05];
