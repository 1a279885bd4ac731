import type { AnyProperty } from '../../harness/engine/property.ts';
import { EXP_01 } from './EXP-01.ts';
import { EXP_02 } from './EXP-02.ts';
import { EXP_03 } from './EXP-03.ts';
import { EXP_04 } from './EXP-04.ts';
import { EXP_05 } from './EXP-05.ts';
import { EXP_06 } from './EXP-06.ts';

export const EXP_PROPERTIES: readonly AnyProperty[] = [EXP_01, EXP_02, EXP_03, EXP_04, EXP_05, EXP_06];
