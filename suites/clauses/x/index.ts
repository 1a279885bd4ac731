import type { AnyProperty } from '../../harness/engine/property.ts';
import { X_01 } from './X-01.ts';
import { X_02 } from './X-02.ts';
import { X_03 } from './X-03.ts';
import { X_04 } from './X-04.ts';

export const X_PROPERTIES: readonly AnyProperty[] = [X_01, X_02, X_03, X_04];
