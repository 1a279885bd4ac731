import type { AnyProperty } from '../../harness/engine/property.ts';
import { ERR_01 } from './ERR-01.ts';
import { ERR_03 } from './ERR-03.ts';

export const ERR_PROPERTIES: readonly AnyProperty[] = [ERR_01, ERR_03];
