import type { AnyProperty } from '../../harness/engine/property.ts';
import { STREAM_01 } from './STREAM-01.ts';
import { STREAM_02 } from './STREAM-02.ts';
import { STREAM_03 } from './STREAM-03.ts';
import { STREAM_04 } from './STREAM-04.ts';
import { STREAM_05 } from './STREAM-05.ts';
import { STREAM_06 } from './STREAM-06.ts';
import { STREAM_07 } from './STREAM-07.ts';
import { STREAM_08 } from './STREAM-08.ts';
import { STREAM_09 } from './STREAM-09.ts';
import { STREAM_10 } from './STREAM-10.ts';

export const STREAM_PROPERTIES: readonly AnyProperty[] = [
  STREAM_01,
  STREAM_02,
  STREAM_03,
  STREAM_04,
  STREAM_05,
  STREAM_06,
  STREAM_07,
  STREAM_08,
  STREAM_09,
  STREAM_10,
];
