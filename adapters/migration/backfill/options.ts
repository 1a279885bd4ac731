/** The options of a backfill. */
import type { Bulk, IdempotencyStore } from '../../contract/index.ts';
import type { Owed } from '../sides/owed.ts';
import type { Sides } from '../sides/sides.ts';

export interface BackfillOptions {
  readonly sides: Sides;
  /** The surface `bulk` of each side that has it. */
  readonly bulk: { readonly from?: Bulk | undefined; readonly to?: Bulk | undefined };
  /** The idempotency stores of both sides. */
  readonly tokens: { readonly from: IdempotencyStore; readonly to: IdempotencyStore };
  readonly copy: (owed: Owed) => Promise<boolean>;
}
