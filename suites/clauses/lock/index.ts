import type { AnyProperty } from '../../harness/property.ts';
import { LOCK_01 } from './LOCK-01.ts';

export const LOCK_PROPERTIES: readonly AnyProperty[] = [LOCK_01];
