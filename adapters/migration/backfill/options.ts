/** What a backfill works with. */
import type { Bulk, IdempotencyStore } from '../../contract/index.ts';
import type { Owed } from '../sides/owed.ts';
import type { Sides } from '../sides/sides.ts';

export interface BackfillOptions {
  readonly sides: Sides;
  /** Of the sides that have it. */
  readonly bulk: { readonly from?: Bulk | undefined; readonly to?: Bulk | undefined };
  /** The tokens of both sides. */
  readonly tokens: { readonly from: IdempotencyStore; readonly to: IdempotencyStore };
  readonly copy: (owed: Owed) => Promise<boolean>;
}
