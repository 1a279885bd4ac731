import type { AnyProperty } from '../../harness/engine/property.ts';
import { LOCK_01 } from './LOCK-01.ts';
import { LOCK_02 } from './LOCK-02.ts';
import { LOCK_03 } from './LOCK-03.ts';
import { LOCK_04 } from './LOCK-04.ts';
import { LOCK_05 } from './LOCK-05.ts';
import { LOCK_06 } from './LOCK-06.ts';
import { LOCK_07 } from './LOCK-07.ts';
import { LOCK_08 } from './LOCK-08.ts';
import { LOCK_09 } from './LOCK-09.ts';
import { LOCK_10 } from './LOCK-10.ts';
import { LOCK_11 } from './LOCK-11.ts';
import { LOCK_13 } from './LOCK-13.ts';
import { LOCK_14 } from './LOCK-14.ts';
import { LOCK_16 } from './LOCK-16.ts';
import { LOCK_18 } from './LOCK-18.ts';
import { LOCK_19 } from './LOCK-19.ts';
import { LOCK_20 } from './LOCK-20.ts';

export const LOCK_PROPERTIES: readonly AnyProperty[] = [
  LOCK_01,
  LOCK_02,
  LOCK_03,
  LOCK_04,
  LOCK_05,
  LOCK_06,
  LOCK_07,
  LOCK_08,
  LOCK_09,
  LOCK_10,
  LOCK_11,
  LOCK_13,
  LOCK_14,
  LOCK_16,
  LOCK_18,
  LOCK_19,
  LOCK_20,
];
