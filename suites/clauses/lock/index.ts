import type { AnyProperty } from '../../harness/property.ts';
import { LOCK_01 } from './LOCK-01.ts';
import { LOCK_02 } from './LOCK-02.ts';
import { LOCK_06 } from './LOCK-06.ts';
import { LOCK_07 } from './LOCK-07.ts';
import { LOCK_08 } from './LOCK-08.ts';

export const LOCK_PROPERTIES: readonly AnyProperty[] = [LOCK_01, LOCK_02, LOCK_06, LOCK_07, LOCK_08];
