import type { AnyProperty } from '../../harness/engine/property.ts';
import { CUR_01 } from './CUR-01.ts';
import { CUR_02 } from './CUR-02.ts';
import { CUR_03 } from './CUR-03.ts';
import { CUR_04 } from './CUR-04.ts';
import { CUR_05 } from './CUR-05.ts';
import { CUR_06 } from './CUR-06.ts';
import { CUR_07 } from './CUR-07.ts';
import { CUR_08 } from './CUR-08.ts';

export const CUR_PROPERTIES: readonly AnyProperty[] = [
  CUR_01,
  CUR_02,
  CUR_03,
  CUR_04,
  CUR_05,
  CUR_06,
  CUR_07,
  CUR_08,
];
