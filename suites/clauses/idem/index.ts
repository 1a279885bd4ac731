import type { AnyProperty } from '../../harness/engine/property.ts';
import { IDEM_01 } from './IDEM-01.ts';
import { IDEM_02 } from './IDEM-02.ts';
import { IDEM_03 } from './IDEM-03.ts';
import { IDEM_04 } from './IDEM-04.ts';
import { IDEM_05 } from './IDEM-05.ts';
import { IDEM_06 } from './IDEM-06.ts';
import { IDEM_07 } from './IDEM-07.ts';
import { IDEM_08 } from './IDEM-08.ts';
import { IDEM_10 } from './IDEM-10.ts';
import { IDEM_11 } from './IDEM-11.ts';
import { IDEM_14 } from './IDEM-14.ts';

export const IDEM_PROPERTIES: readonly AnyProperty[] = [
  IDEM_01,
  IDEM_02,
  IDEM_03,
  IDEM_04,
  IDEM_05,
  IDEM_06,
  IDEM_07,
  IDEM_08,
  IDEM_10,
  IDEM_11,
  IDEM_14,
];
