import type { AnyProperty } from '../../harness/property.ts';
import { ACT_04 } from './ACT-04.ts';

export const ACT_PROPERTIES: readonly AnyProperty[] = [ACT_04];
