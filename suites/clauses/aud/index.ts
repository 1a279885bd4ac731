import type { AnyProperty } from '../../harness/engine/property.ts';
import { AUD_01 } from './AUD-01.ts';
import { AUD_02 } from './AUD-02.ts';

export const AUD_PROPERTIES: readonly AnyProperty[] = [AUD_01, AUD_02];
