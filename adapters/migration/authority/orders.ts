/** Checks what an operator passes, before anything is done. */
import { READ_SURFACES, STAGES, StorageError, type MigrationSide, type Order } from '../../contract/index.ts';

const ALL = 100;

/** Throws INVALID_RECORD. */
export function validateOrder(order: unknown): asserts order is Order {
  if (typeof order !== 'object' || order === null) throw invalid('an order', 'an object', order);
  const { stage, reads = {}, shadow, ...others } = order as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalid('an order', 'stage, reads or shadow', unknown);
  if (stage !== undefined && !STAGES.includes(stage as never))
    throw invalid('stage', `one of ${STAGES.join(', ')}`, stage);
  if (shadow !== undefined && typeof shadow !== 'boolean') throw invalid('shadow', 'true or false', shadow);
  if (typeof reads !== 'object' || reads === null) throw invalid('reads', 'an object', reads);
  for (const [surface, share] of Object.entries(reads)) {
    if (!READ_SURFACES.includes(surface as never))
      throw invalid('reads', `surfaces, of ${READ_SURFACES.join(', ')}`, surface);
    if (typeof share !== 'number' || !(share >= 0 && share <= ALL))
      throw invalid(`reads.${surface}`, `percent from 0 to ${ALL}`, share);
  }
}

/** Throws INVALID_RECORD. */
export function validateSide(side: unknown, sides: readonly MigrationSide[]): void {
  if (!sides.includes(side as never)) throw invalid('the side', `one of ${sides.join(', ')}`, side);
}

/** Throws INVALID_RECORD. */
export function validateRate(perSecond: unknown): void {
  if (perSecond === undefined || (typeof perSecond === 'number' && perSecond > 0)) return;
  throw invalid('perSecond', 'records per second above 0', perSecond);
}

function invalid(what: string, expected: string, came: unknown): StorageError {
  return new StorageError(
    'INVALID_RECORD',
    `Expected ${expected} for ${what}, got ${JSON.stringify(came)?.slice(0, 80)}. Nothing was changed.`,
  );
}
