/** Every executable clause. A new clause is one file and one line in the index of its group. */
import type { AnyProperty } from '../harness/engine/property.ts';
import * as act from './act/index.ts';
import * as aud from './aud/index.ts';
import * as cur from './cur/index.ts';
import * as err from './err/index.ts';
import * as exp from './exp/index.ts';
import * as idem from './idem/index.ts';
import * as life from './life/index.ts';
import * as lock from './lock/index.ts';
import * as mig from './mig/index.ts';
import * as stream from './stream/index.ts';
import * as tx from './tx/index.ts';
import * as x from './x/index.ts';

const GROUPS = [lock, stream, act, cur, idem, exp, aud, tx, x, life, err, mig];

export const PROPERTIES: readonly AnyProperty[] = GROUPS.flatMap((group) =>
  Object.values<AnyProperty>(group),
);
