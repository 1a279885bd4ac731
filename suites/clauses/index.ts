/** Every executable clause. A new one is one file and one line in its group's index. */
import type { AnyProperty } from '../harness/engine/property.ts';
import { ACT_PROPERTIES } from './act/index.ts';
import { AUD_PROPERTIES } from './aud/index.ts';
import { CUR_PROPERTIES } from './cur/index.ts';
import { ERR_PROPERTIES } from './err/index.ts';
import { EXP_PROPERTIES } from './exp/index.ts';
import { IDEM_PROPERTIES } from './idem/index.ts';
import { LIFE_PROPERTIES } from './life/index.ts';
import { LOCK_PROPERTIES } from './lock/index.ts';
import { MIG_PROPERTIES } from './mig/index.ts';
import { TX_PROPERTIES } from './tx/index.ts';
import { X_PROPERTIES } from './x/index.ts';
import { STREAM_PROPERTIES } from './stream/index.ts';

export const PROPERTIES: readonly AnyProperty[] = [
  ...LOCK_PROPERTIES,
  ...STREAM_PROPERTIES,
  ...ACT_PROPERTIES,
  ...CUR_PROPERTIES,
  ...IDEM_PROPERTIES,
  ...EXP_PROPERTIES,
  ...AUD_PROPERTIES,
  ...TX_PROPERTIES,
  ...X_PROPERTIES,
  ...LIFE_PROPERTIES,
  ...ERR_PROPERTIES,
  ...MIG_PROPERTIES,
];
