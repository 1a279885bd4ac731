/**
 * The list of all vocabularies. To add one, add a file and a line here. A test then omits each of its entries and
 * checks that this is noticed.
 */
import { COLLISIONS, COLLISIONS_ANYWHERE } from './collisions.ts';
import { FAILING_READS } from './failingReads.ts';
import { FATES } from './fates.ts';
import { HOSTILE_IDS } from './hostileIds.ts';
import { SIMILAR_IDS } from './ids.ts';
import { MEANWHILE } from './meanwhile.ts';
import { ORDERS } from './orders.ts';
import { OUTLIVING } from './outliving.ts';
import { REFUSALS } from './refusals.ts';
import { ENTRIES, NESTINGS } from './shapes.ts';
import { LONG_TIMES, MANY_WRITES } from './limits.ts';
import { MOMENTS } from './moments.ts';
import { ID_PREFIXES } from './namespaces.ts';
import type { Vocabulary } from './vocabulary.ts';

export const VOCABULARIES: readonly Vocabulary<unknown>[] = [
  SIMILAR_IDS,
  COLLISIONS,
  COLLISIONS_ANYWHERE,
  ENTRIES,
  NESTINGS,
  OUTLIVING,
  FAILING_READS,
  FATES,
  HOSTILE_IDS,
  MEANWHILE,
  ORDERS,
  REFUSALS,
  ID_PREFIXES,
  LONG_TIMES,
  MANY_WRITES,
  MOMENTS,
];
