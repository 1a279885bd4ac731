/** Every executable clause. A new one is one file and one line in its group's index. */
import type { AnyProperty } from '../harness/property.ts';
import { LOCK_PROPERTIES } from './lock/index.ts';

export const PROPERTIES: readonly AnyProperty[] = [...LOCK_PROPERTIES];
