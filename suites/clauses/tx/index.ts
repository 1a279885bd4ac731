import type { AnyProperty } from '../../harness/engine/property.ts';
import { TX_01 } from './TX-01.ts';
import { TX_02 } from './TX-02.ts';
import { TX_05 } from './TX-05.ts';

export const TX_PROPERTIES: readonly AnyProperty[] = [TX_01, TX_02, TX_05];
