/** Moving to another storage. */
import type { AnyProperty } from '../../harness/engine/property.ts';
import { MIG_02 } from './MIG-02.ts';
import { MIG_03 } from './MIG-03.ts';
import { MIG_04 } from './MIG-04.ts';
import { MIG_05 } from './MIG-05.ts';
import { MIG_06 } from './MIG-06.ts';
import { MIG_07 } from './MIG-07.ts';
import { MIG_08 } from './MIG-08.ts';
import { MIG_09 } from './MIG-09.ts';
import { MIG_10 } from './MIG-10.ts';
import { MIG_11 } from './MIG-11.ts';

export const MIG_PROPERTIES: readonly AnyProperty[] = [
  MIG_02,
  MIG_03,
  MIG_04,
  MIG_05,
  MIG_06,
  MIG_07,
  MIG_08,
  MIG_09,
  MIG_10,
  MIG_11,
];
