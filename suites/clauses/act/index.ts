import type { AnyProperty } from '../../harness/engine/property.ts';
import { ACT_01 } from './ACT-01.ts';
import { ACT_02 } from './ACT-02.ts';
import { ACT_03 } from './ACT-03.ts';
import { ACT_04 } from './ACT-04.ts';
import { ACT_05 } from './ACT-05.ts';

export const ACT_PROPERTIES: readonly AnyProperty[] = [ACT_01, ACT_02, ACT_03, ACT_04, ACT_05];
